import { createServer } from 'node:net'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listenOnSocket, maxSocketPathBytes } from './listen-on-socket.ts'
import { foreignLockMaxAgeMs, lockFolder } from './lock-folder.ts'
import { ensurePrivateFolder } from './private-folder.ts'
import { writeAtomic } from './write-atomic.ts'

let folder: TemporaryFolder
beforeEach(() => void (folder = createTemporaryFolder()))
afterEach(() => folder.remove())

describe('writing a file in one step', () => {
  it('replaces the content and leaves nothing else behind', () => {
    const path = join(folder.path, 'file')
    writeAtomic(path, 'one')
    writeAtomic(path, Buffer.from('two'))
    expect(readFileSync(path, 'utf8')).toBe('two')
    expect(readdirSync(folder.path)).toEqual(['file'])
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('leaves the old content when it fails', () => {
    const path = join(folder.path, 'file')
    writeAtomic(path, 'old')
    mkdirSync(`${path}.${process.pid}.tmp`)
    expect(() => writeAtomic(path, 'new')).toThrow()
    expect(readFileSync(path, 'utf8')).toBe('old')
  })
})

describe('a private folder', () => {
  it('is made, or narrowed when others could read it', () => {
    const path = join(folder.path, 'a', 'b')
    ensurePrivateFolder(path)
    expect(statSync(path).mode & 0o777).toBe(0o700)
    const open = join(folder.path, 'open')
    mkdirSync(open, { mode: 0o755 })
    ensurePrivateFolder(open)
    expect(statSync(open).mode & 0o777).toBe(0o700)
  })

  it('that cannot be made says what to do', () => {
    writeFileSync(join(folder.path, 'file'), '')
    expect(() => ensurePrivateFolder(join(folder.path, 'file', 'sub'))).toThrow(
      expect.objectContaining({
        code: 'LAYER_DATA_UNUSABLE',
        hint: expect.stringContaining('SEVENFOLD_DATA') as string,
      }),
    )
  })
})

describe('the lock of a folder', () => {
  const lockFile = (): string => join(folder.path, 'lock')
  const write = (owner: unknown): void => writeFileSync(lockFile(), JSON.stringify(owner))

  it('is taken once and free again after its release', () => {
    const lock = lockFolder(folder.path)
    expect(() => lockFolder(folder.path)).toThrow(expect.objectContaining({ code: 'LAYER_DATA_LOCKED' }))
    lock.touch()
    lock.release()
    lockFolder(folder.path).release()
    expect(readdirSync(folder.path)).toEqual([])
  })

  it('of a process that is gone is taken over', () => {
    const lock = lockFolder(folder.path)
    const owner = JSON.parse(readFileSync(lockFile(), 'utf8')) as Record<string, unknown>
    lock.release()
    write({ ...owner, pid: 4_194_303 })
    lockFolder(folder.path).release()
  })

  it('of an earlier process with the same id is taken over', () => {
    const lock = lockFolder(folder.path)
    const owner = JSON.parse(readFileSync(lockFile(), 'utf8')) as Record<string, unknown>
    lock.release()
    if (owner['started'] === '') return // a system without /proc cannot tell
    write({ ...owner, started: '1' })
    lockFolder(folder.path).release()
  })

  it('of another host is respected while it is touched', () => {
    write({ pid: 1, host: 'another-host', started: '1' })
    expect(() => lockFolder(folder.path)).toThrow(expect.objectContaining({ code: 'LAYER_DATA_LOCKED' }))
    const old = new Date(Date.now() - foreignLockMaxAgeMs - 1000)
    utimesSync(lockFile(), old, old)
    lockFolder(folder.path).release()
  })

  it.each(['', 'not json', '{}', '{"pid":-1}', '{"pid":"1"}'])(
    'with the content %j is no lock',
    (content) => {
      writeFileSync(lockFile(), content)
      lockFolder(folder.path).release()
    },
  )
})

describe('listening on a socket', () => {
  it('gives it to its owner alone', async () => {
    const path = join(folder.path, 's.sock')
    const server = createServer()
    await listenOnSocket(server, path)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    await new Promise((resolve) => server.close(resolve))
  })

  it('is refused where another process answers', async () => {
    const path = join(folder.path, 's.sock')
    const server = createServer()
    await listenOnSocket(server, path)
    await expect(listenOnSocket(createServer(), path)).rejects.toMatchObject({ code: 'LAYER_SOCKET_IN_USE' })
    await new Promise((resolve) => server.close(resolve))
  })

  it('never removes a file that is no socket', async () => {
    const path = join(folder.path, 'precious')
    writeFileSync(path, 'data')
    await expect(listenOnSocket(createServer(), path)).rejects.toMatchObject({ code: 'LAYER_SOCKET_IN_USE' })
    expect(existsSync(path)).toBe(true)
  })

  it('works at the longest path and says so one byte beyond', async () => {
    const base = folder.path
    const longest = join(base, 'x'.repeat(maxSocketPathBytes - base.length - 1))
    const server = createServer()
    await listenOnSocket(server, longest)
    await new Promise((resolve) => server.close(resolve))
    await expect(listenOnSocket(createServer(), `${longest}x`)).rejects.toMatchObject({
      code: 'LAYER_SOCKET_PATH_TOO_LONG',
      hint: expect.stringContaining('shorter') as string,
    })
  })
})
