import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import { dirname } from 'node:path'
import type { Secrets } from '../state/secrets.ts'

/** What the control socket can do. */
export interface ControlActions {
  /** Restores database, files, sessions and collections; a seed makes the secrets foreseeable. */
  reset(seed: string | undefined): Promise<Secrets>
  /** Rows that tell what an attack changed. */
  state(): Promise<unknown>
  /** Logs a user in without a password, as a visitor whose browser is already logged in. */
  victim(user: string): Promise<string | undefined>
}

/** Longest path of a Unix socket that every platform takes, in bytes. */
export const maxSocketPathBytes = 100

async function handle(actions: ControlActions, request: IncomingMessage): Promise<unknown> {
  const url = new URL(request.url ?? '/', 'http://control')
  const call = `${request.method ?? ''} ${url.pathname}`
  if (call === 'POST /reset') return actions.reset(url.searchParams.get('seed') ?? undefined)
  if (call === 'GET /state') return actions.state()
  if (call === 'POST /victim') return { sid: await actions.victim(url.searchParams.get('user') ?? '') }
  return undefined
}

/**
 * Serves the actions as HTTP on a Unix socket of its own; never on the shop's port. The file mode is the credential.
 * Throws when the path is too long for a socket.
 */
export async function startControlServer(socketPath: string, actions: ControlActions): Promise<Server> {
  if (Buffer.byteLength(socketPath) > maxSocketPathBytes) {
    throw new Error(`the socket path is over ${maxSocketPathBytes} bytes: ${socketPath}`)
  }
  mkdirSync(dirname(socketPath), { recursive: true, mode: 0o700 })
  rmSync(socketPath, { force: true })
  const server = createServer((request, response) => {
    handle(actions, request).then(
      (result) => {
        response.writeHead(result === undefined ? 404 : 200, { 'content-type': 'application/json' })
        response.end(JSON.stringify(result ?? { error: 'no such action' }))
      },
      (error: unknown) => {
        response.writeHead(500, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ error: error instanceof Error ? error.message : 'failed' }))
      },
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketPath, resolve)
  })
  chmodSync(socketPath, 0o600)
  return server
}
