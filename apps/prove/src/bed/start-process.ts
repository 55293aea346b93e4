import { fork } from 'node:child_process'
import { SocketKeeper } from '@sevenfold/edge/sockets'

/** A child process of the bed. */
export interface BedProcess {
  readonly name: string
  readonly pid: number
  /** URLs that it said it listens on, by name. */
  readonly listen: ReadonlyMap<string, string>
  /** Ends it: SIGTERM first, SIGKILL when it does not go. */
  stop(): Promise<void>
  /** Starts it again when it has ended, with the same options; rejects with its last words. */
  restart(): Promise<void>
}

/** What to start. */
export interface ProcessOptions {
  readonly name: string
  /** Script. */
  readonly entry: string
  readonly env: Readonly<Record<string, string>>
  /** Options of Node, for instance `--import`; none by default. */
  readonly execArgv?: readonly string[]
  /** Keeps its listening sockets over a restart, as `sevenfold up` does for the edge. */
  readonly handsOver?: boolean
}

/** Longest wait for the ready message, in milliseconds. */
export const readyTimeoutMs = 60_000

/** Wait between SIGTERM and SIGKILL, in milliseconds. */
export const stopTimeoutMs = 5000

/** Most characters of a process's errors that are kept for a message. */
const maxKeptErrors = 4000

function listenOf(message: unknown): ReadonlyMap<string, string> | undefined {
  const { type, listen } = (message ?? {}) as {
    readonly type?: unknown
    readonly listen?: readonly { readonly name: string; readonly url: string }[]
  }
  if (type !== 'ready') return undefined
  return new Map((listen ?? []).map((entry) => [entry.name, entry.url]))
}

type Running = Omit<BedProcess, 'name' | 'restart'>

function launch(options: ProcessOptions, sockets: SocketKeeper | undefined): Promise<Running> {
  // Nobody else looks after these: when the proof dies, by a closed pipe for instance, they must not stay.
  const env = { ...process.env, SEVENFOLD_STOP_WITH_PARENT: '1', ...sockets?.environment, ...options.env }
  const execArgv = [...(options.execArgv ?? [])]
  const child = fork(options.entry, [], { env, execArgv, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  sockets?.attach(child)
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString('utf8')).slice(-maxKeptErrors)
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async (): Promise<void> => {
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
    child.kill('SIGTERM')
    await gone
    clearTimeout(timer)
  }
  return new Promise((resolve, reject) => {
    const fail = (what: string): void =>
      reject(new Error(`${options.name} ${what}${errors === '' ? '' : `: ${errors.trim()}`}`))
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      fail('did not get ready in time')
    }, readyTimeoutMs)
    child.once('error', (error) => fail(error.message))
    child.once('exit', (code) => {
      clearTimeout(timer)
      fail(`ended with code ${code ?? 'none'}`)
    })
    child.on('message', (message) => {
      const listen = listenOf(message)
      if (listen === undefined) return
      clearTimeout(timer)
      resolve({ pid: child.pid ?? 0, listen, stop })
    })
  })
}

/** Starts a script with an IPC channel and waits for its ready message. Rejects with its last words. */
export async function startProcess(options: ProcessOptions): Promise<BedProcess> {
  const sockets = options.handsOver === true ? new SocketKeeper() : undefined
  let running = await launch(options, sockets)
  return {
    name: options.name,
    get pid() {
      return running.pid
    },
    get listen() {
      return running.listen
    },
    stop: async () => {
      sockets?.close()
      await running.stop()
    },
    restart: async () => {
      await running.stop()
      running = await launch(options, sockets)
    },
  }
}
