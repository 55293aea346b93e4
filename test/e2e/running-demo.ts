import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The built program. */
export const program: string = fileURLToPath(new URL('../../apps/cli/bin/sevenfold.mjs', import.meta.url))

/** What a program printed, and how it ended. */
export interface Ended {
  readonly stdout: string
  readonly stderr: string
  readonly code: number | null
}

/** What `sevenfold status --json` says, as far as the tests look. */
export interface Status {
  readonly rssBytes: number
  readonly parts: readonly {
    readonly name: string
    readonly state: string
    readonly processes: readonly { readonly pid: number; readonly rssBytes: number }[]
  }[]
}

/** An answer over HTTP. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** Waits until `look` gives something. The deadline is generous: machines that test do other things too. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  deadlineMs = 30_000,
): Promise<T> {
  const end = Date.now() + deadlineMs
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > end) throw new Error(`${what}: not within ${deadlineMs / 1000} s`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** True while a process is there; one that has ended and waits for its parent is not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    const path = `/proc/${pid}/status`
    return !existsSync(path) || !/^State:\s+Z/m.test(readFileSync(path, 'utf8'))
  } catch {
    return false
  }
}

/** Runs the built program to its end. */
export function sevenfold(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.once('error', reject)
    child.once('close', (code) => resolve({ stdout, stderr, code }))
  })
}

/** Asks over HTTP from an address of this machine; every test has its own, so that bans do not meet. */
export function ask(
  url: string,
  options: { from?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      { localAddress: options.from ?? '127.0.0.1', headers: options.headers ?? {}, agent: false },
      (answer) => {
        let body = ''
        answer.setEncoding('utf8')
        answer.on('data', (text: string) => (body += text))
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }))
        answer.once('error', reject)
      },
    )
    call.once('error', reject)
    call.end()
  })
}

/** Free loopback ports, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
        }),
    ),
  )
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/** A demo on free ports with a data folder of its own. */
export class RunningDemo {
  readonly dataDir: string
  readonly #child: ChildProcess
  #stdout = ''
  #stderr = ''

  private constructor(dataDir: string, args: readonly string[]) {
    this.dataDir = dataDir
    const ports = ['--port', '0', '--console-port', '0', '--api-port', '0', '--shop-port', '0']
    this.#child = spawn(
      process.execPath,
      [program, 'up', '--demo', '--json', '--data', dataDir, ...ports, ...args],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text))
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text))
  }

  /** Starts a demo and waits until it says that it is ready. */
  static async start(...args: readonly string[]): Promise<RunningDemo> {
    const demo = new RunningDemo(mkdtempSync(join(tmpdir(), 'sf-')), args)
    await until('the demo is ready', () => {
      if (demo.#child.exitCode !== null) throw new Error(`the demo ended: ${demo.#stderr}`)
      return demo.#stdout.includes('"event":"ready"') ? true : undefined
    })
    return demo
  }

  /** Process id of the supervisor. */
  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Everything it printed. */
  get printed(): { readonly stdout: string; readonly stderr: string } {
    return { stdout: this.#stdout, stderr: this.#stderr }
  }

  /** Address of what listens under a name that begins so, without the last slash. */
  url(name: string): string {
    const line = this.#stdout.split('\n').find((text) => text.includes('"event":"ready"')) ?? '{}'
    const { listen } = JSON.parse(line) as { listen: Record<string, string> }
    const found = Object.entries(listen).find(([key]) => key.includes(name))?.[1] ?? ''
    return found.replace(/\/$/, '')
  }

  async status(): Promise<Status> {
    const { stdout, stderr } = await sevenfold('status', '--json', '--data', this.dataDir)
    if (stdout === '') throw new Error(stderr)
    return JSON.parse(stdout) as Status
  }

  /** Sends a signal and waits for the end; gives its exit code and how long it took. */
  async end(signal: NodeJS.Signals): Promise<{ readonly code: number | null; readonly ms: number }> {
    const begun = Date.now()
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const closed = new Promise((resolve) => this.#child.once('close', resolve))
      this.#child.kill(signal)
      await closed
    }
    return { code: this.#child.exitCode, ms: Date.now() - begun }
  }

  /** Ends it whatever happened and removes its folder. */
  async clean(): Promise<void> {
    const { code } = await this.end('SIGINT')
    if (code !== 0) await new Promise((resolve) => setTimeout(resolve, 100))
    rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 5 })
  }
}
