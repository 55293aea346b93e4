import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Entry of the built agent; tests that start processes need it. */
export const register: string = fileURLToPath(new URL('../dist/register.js', import.meta.url))
/** False before `tsc -b`. */
export const isBuilt: boolean = existsSync(register)

/** An answer of the application. */
export interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: Readonly<Record<string, unknown>>
}

/** A running application. */
export interface App {
  readonly folder: string
  ask(path: string, options?: { body?: string; headers?: Record<string, string> }): Promise<Answer>
  /** Asks a route with a value in its query. */
  send(route: string, value: string): Promise<Answer>
  /** What the process wrote to stderr. */
  errors(): string
  isRunning(): boolean
  /** Ends the process; some agents of others keep a SIGTERM to themselves. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/** How the application is started. */
export interface AppOptions {
  readonly entry:
    | 'app.cjs'
    | 'app.mjs'
    | 'statement.cjs'
    | 'flows.cjs'
    | 'following.cjs'
    | 'flows.mjs'
    | 'frameworks.cjs'
    | 'databases.cjs'
    | 'sessions.cjs'
    | 'unseen.cjs'
  /** What the application is told besides its folder. */
  readonly argument?: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

function ask(port: number, path: string, body: string, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const method = body === '' ? 'GET' : 'POST'
    const outgoing = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (piece: string) => (text += piece))
      answer.on('error', reject) // cut off in the middle
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text, headers: answer.headers }))
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** Starts the test application in a process of its own, in a temporary folder with one public and one private file. */
export async function startApp({ entry, args, env, argument }: AppOptions): Promise<App> {
  const folder = mkdtempSync(join(tmpdir(), 'sevenfold-runtime-'))
  mkdirSync(join(folder, 'public'))
  writeFileSync(join(folder, 'public', 'a.txt'), 'public')
  writeFileSync(join(folder, 'private.txt'), 'private')
  const path = fileURLToPath(new URL(`testdata/${entry}`, import.meta.url))
  const child = spawn(
    process.env['SEVENFOLD_RUNTIME_NODE'] ?? process.execPath,
    [...(args ?? ['--import', register]), path, argument ?? folder],
    {
      env: { PATH: process.env['PATH'] ?? '', SEVENFOLD_RUNTIME_MODE: 'enforce', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let errors = ''
  child.stderr.on('data', (text) => (errors += String(text)))
  const port = await new Promise<number>((resolve, reject) => {
    let said = ''
    child.stdout.on('data', (text) => {
      said += String(text) // agents of others may speak first
      const found = /port (\d+)\n/.exec(said)?.[1]
      if (found !== undefined) resolve(Number(found))
    })
    child.on('exit', (code) => reject(new Error(`ended with ${code}: ${errors}`)))
  })
  return {
    folder,
    ask: (path, options = {}) => ask(port, path, options.body ?? '', options.headers ?? {}),
    send: (route, value) => ask(port, `/${route}?q=${encodeURIComponent(value)}`, '', {}),
    errors: () => errors,
    isRunning: () => child.exitCode === null,
    stop: async (signal) => {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      if (child.kill(signal)) await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
