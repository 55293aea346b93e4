import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { isBuilt, startApp } from './start-app.ts'

const packages = join(dirname(fileURLToPath(import.meta.url)), '../../../node_modules')

const hasDatabase = await new Promise<boolean>((resolve) => {
  const socket = createConnection(Number(process.env['PGPORT'] ?? 5432), '127.0.0.1')
  socket.on('connect', () => {
    socket.destroy()
    resolve(true)
  })
  socket.on('error', () => resolve(false))
})

const canRun = isBuilt && hasDatabase && existsSync(join(packages, 'pg'))

describe('the PostgreSQL wire', () => {
  it.skipIf(!isBuilt)('replaces refused statements of whoever writes them (needs a build)', async () => {
    const echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket))
    await new Promise<void>((resolve) => {
      echo.listen(0, '127.0.0.1', resolve)
    })
    const { port } = echo.address() as AddressInfo
    const app = await startApp({ entry: 'app.cjs', env: { WIRE_PORT: String(port) } })
    try {
      expect((await app.send('wire', "' or 1=1 or ''='")).text).toBe('refused by the runtime layer')
      expect((await app.send('wire', "it''s")).text).toBe("select 1 where 'x'='it''s'")
    } finally {
      await app.stop()
      echo.close()
    }
  })

  it.skipIf(!canRun)(
    'refuses statements of a driver nobody knows, in its own way (needs a build and PostgreSQL with trust)',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'sevenfold-driver-'))
      const driver = join(folder, 'node_modules', 'unheard-of')
      cpSync(join(packages, 'pg'), driver, { recursive: true, dereference: true })
      const app = await startApp({ entry: 'statement.cjs', argument: driver, env: { NODE_PATH: packages } })
      try {
        expect((await app.send('', 'x')).text).toBe('1 1 1')
        expect((await app.send('', "it''s")).text).toBe('0 0 0')
        // 42601: a syntax error, which is what the replaced statement is.
        expect((await app.send('', "' or 1=1 or ''='")).text).toBe('42601 42601 42601')
      } finally {
        await app.stop()
        rmSync(folder, { recursive: true, force: true })
      }
    },
  )
})
