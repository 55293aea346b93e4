import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { Harness } from './harness.ts'

/** A running variant of the harness's application. */
export interface RunningVariant {
  readonly pid: number
  readonly port: number
  stop(): Promise<void>
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Starts a variant and waits until it is ready. Rejects when it ends before. */
export async function startVariant(harness: Harness, name: string): Promise<RunningVariant> {
  const variant = harness.variants[name]
  const port = await freePort()
  const node = process.env['RB_NODE'] ?? process.execPath
  const app = spawn(node, [...(variant?.args ?? []), 'app.cjs'], {
    cwd: harness.folder,
    env: { ...process.env, NODE_ENV: 'production', PORT: String(port), ...variant?.env },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await new Promise<void>((resolve, reject) => {
    app.stdout?.on('data', (text) => {
      if (String(text).includes('READY')) resolve()
    })
    app.on('exit', (code) => reject(new Error(`${name} ended with code ${code}`)))
  })
  return {
    pid: app.pid ?? 0,
    port,
    stop: async () => {
      const ended = new Promise((resolve) => app.once('exit', resolve))
      if (app.kill('SIGTERM')) await ended
    },
  }
}
