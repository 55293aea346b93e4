import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { createClient } from './client.ts'

const entry = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const isBuilt = existsSync(entry)
const folder = mkdtempSync(join(tmpdir(), 'shop-process-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Ended {
  readonly code: number | null
  readonly errors: string
}

function start(env: Readonly<Record<string, string>>): ChildProcess {
  const stdio = ['ignore', 'pipe', 'pipe', 'ipc'] as const
  return spawn(process.execPath, [entry], { env: { ...process.env, ...env }, stdio: [...stdio] })
}

function ended(child: ChildProcess): Promise<Ended> {
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')))
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, errors })))
}

function control(socketPath: string, method: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method, path }, (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')))
      answer.on('end', () => resolve(text))
    })
    sent.on('error', reject)
    sent.end()
  })
}

describe('the shop as a process', () => {
  it.skipIf(!isBuilt)('refuses to listen beyond loopback, and says what to do (needs a build)', async () => {
    const { code, errors } = await ended(start({ SHOP_LISTEN: '0.0.0.0:0', SHOP_DATA: join(folder, 'a') }))
    expect(code).toBe(3)
    expect(errors).toContain('stays on this machine')
    expect(errors).toContain('hint: set SHOP_LISTEN')
  })

  it.skipIf(!isBuilt)(
    'starts its database, says where it listens, resets on its socket only, and stops (needs a build)',
    async () => {
      const data = join(folder, 'b')
      const child = start({ SHOP_LISTEN: '127.0.0.1:0', SHOP_DATA: data })
      const end = ended(child)
      const message = await new Promise<unknown>((resolve) => child.once('message', resolve))
      expect(message).toMatchObject({ type: 'ready', listen: [{ name: 'shop' }] })
      const { listen } = message as { readonly listen: readonly { readonly url: string }[] }
      const client = createClient(Number(new URL(listen[0]?.url ?? '').port))
      expect((await client.send('/health')).text).toBe('ok\n')
      expect((await client.send('/reset', { method: 'POST' })).status).toBe(404)
      const socket = join(data, 'control.sock')
      expect(await control(socket, 'POST', '/reset?seed=one')).toContain('pk_live_')
      expect(await control(socket, 'GET', '/state')).toContain('mallory')
      expect(await control(socket, 'POST', '/victim?user=anna')).toMatch(/"sid":"\d+"/)
      expect(await control(socket, 'GET', '/nothing')).toContain('no such action')
      child.kill('SIGTERM')
      expect((await end).code).toBe(0)
      expect(existsSync(join(data, 'db', '.s.PGSQL.5432'))).toBe(false)
    },
  )
})
