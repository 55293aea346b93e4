import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkDataFolder, checkFree, checkNode, checkPorts, freePort, leastFreeBytes } from './preflight.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sevenfold-preflight-'))
})
afterEach(() => {
  chmodSync(folder, 0o700)
  rmSync(folder, { recursive: true, force: true })
})

describe('checkNode', () => {
  it('refuses what is older than the oldest that works, and says what to install', () => {
    for (const version of ['18.20.0', '20.18.3', '20.0.0']) {
      expect(() => checkNode(version)).toThrow(
        expect.objectContaining({ exitCode: 3, hint: expect.stringContaining('20.19') }),
      )
    }
  })

  it('warns about 20 and is content with 22 and 24', () => {
    expect(checkNode('20.19.0')).toContain('end of life')
    expect(checkNode('22.12.0')).toBeUndefined()
    expect(checkNode('24.0.0')).toBeUndefined()
  })
})

describe('checkDataFolder', () => {
  it('makes a folder for its owner alone and leaves nothing in it', () => {
    const path = join(folder, 'a', 'b')
    checkDataFolder(path)
    expect(statSync(path).mode & 0o777).toBe(0o700)
  })

  it('says that a file is in the way', () => {
    writeFileSync(join(folder, 'file'), '')
    for (const path of [join(folder, 'file'), join(folder, 'file', 'below')]) {
      expect(() => checkDataFolder(path)).toThrow(
        expect.objectContaining({ exitCode: 3, hint: expect.stringContaining('--data') }),
      )
    }
  })

  it.skipIf(process.getuid?.() === 0)(
    'says that this user may not write there (needs a user who is not root)',
    () => {
      chmodSync(folder, 0o500)
      expect(() => checkDataFolder(join(folder, 'a'))).toThrow(/may not write/)
    },
  )
})

describe('checkFree', () => {
  it('takes exactly what is needed and refuses one byte less', () => {
    checkFree('/data', leastFreeBytes)
    expect(() => checkFree('/data', leastFreeBytes - 1)).toThrow(/has 31 MiB left, and 32 MiB are needed/)
  })
})

describe('checkPorts', () => {
  it('names who wanted a taken port and what to change', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    try {
      const wanted = {
        owner: 'the site shop',
        listen: { host: '127.0.0.1', port },
        change: 'use another one: --port 7800',
      }
      await expect(checkPorts([wanted])).rejects.toMatchObject({
        exitCode: 3,
        message: `port ${port} for the site shop is taken by another program`,
        hint: 'stop that program, or use another one: --port 7800',
      })
    } finally {
      await new Promise((resolve) => server.close(resolve))
    }
  })

  it('says that an address is not of this machine', async () => {
    const wanted = { owner: 'the console', listen: { host: '192.0.2.1', port: 7770 }, change: 'change it' }
    await expect(checkPorts([wanted])).rejects.toThrow(/is no address of this machine/)
  })

  it('is content with free ports and with port 0, and leaves them free', async () => {
    const port = await freePort()
    const wanted = { owner: 'x', listen: { host: '127.0.0.1', port }, change: '' }
    await checkPorts([wanted, { ...wanted, listen: { host: '127.0.0.1', port: 0 } }])
    await checkPorts([wanted])
  })
})
