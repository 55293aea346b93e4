import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RawUpstream } from './support/raw-upstream.ts'
import { TestEdge } from './support/test-edge.ts'

let folder = ''
let path = ''
let upstream: RawUpstream
let edge: TestEdge | undefined

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sf-unix-'))
  path = join(folder, 'edge.sock')
  upstream = await RawUpstream.start()
})
afterEach(async () => {
  await edge?.close()
  edge = undefined
  await upstream.close()
  rmSync(folder, { recursive: true, force: true })
})

async function start(): Promise<void> {
  edge = await TestEdge.start({ sites: [{ upstreamPort: upstream.port }], listen: { path } })
}

async function ask(): Promise<string> {
  const socket = net.connect(path)
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  let text = ''
  socket.on('data', (chunk) => (text += String(chunk)))
  await once(socket, 'close')
  return text
}

describe('a Unix socket', () => {
  it('serves, for its owner and its group only', async () => {
    await start()
    expect(await ask()).toContain('200 OK')
    expect(statSync(path).mode & 0o777).toBe(0o660)
    expect(edge?.accesses[0]?.client).toBe('127.0.0.1')
  })

  it('that a killed process left behind is taken over', async () => {
    const child = spawn(
      process.execPath,
      ['-e', `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    )
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(existsSync(path)).toBe(true)
    await start()
    expect(await ask()).toContain('200 OK')
  })

  it('that another program serves is left to it', async () => {
    const other = net.createServer((socket) => {
      // The edge looks whether somebody is here, and leaves at once.
      socket.on('error', () => undefined)
      socket.end('other')
    })
    other.listen(path)
    await once(other, 'listening')
    await expect(start()).rejects.toThrow('EADDRINUSE')
    expect(await ask()).toBe('other')
    other.close()
  })
})
