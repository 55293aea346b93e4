import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defaultHttpLimits } from '../../src/http/limits.ts'
import type { SocketKeeper } from '../../src/sockets/socket-keeper.ts'
import { defaultUpstreamLimits } from '../../src/upstream/upstream-limits.ts'

/** The built entry; tests that start processes need a build. */
export const edgeMain: string = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

/** A compiled configuration as core/config writes it, with the parts that a test changes. */
export function edgeConfig(
  sites: readonly Record<string, unknown>[],
  change: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    v: 1,
    spoolBytes: 16_777_216,
    mode: 'enforce',
    workers: 2,
    engine: 'socket',
    beside: [],
    rules: ['builtin'],
    paranoia: 1,
    onInspectionFailure: 'refuse',
    limits: {
      ...defaultHttpLimits,
      ...defaultUpstreamLimits,
      inspectedBodySizeBytes: 131_072,
      inspectionSteps: 5_000_000,
      inspectionSliceMs: 2,
      workerSilenceMs: 10_000,
    },
    sites,
    ownListeners: [],
    ...change,
  }
}

const defaultPool = {
  targets: [],
  balance: 'round-robin',
  protocol: 'http1',
  retries: 1,
  failures: 5,
  openForMs: 1000,
  tls: {},
}

/** A site of such a configuration. */
export function siteConfig(
  name: string,
  upstreamPort: number,
  change: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    name,
    listen: { host: '127.0.0.1', port: 0 },
    hosts: ['*'],
    upstream: {
      url: `http://127.0.0.1:${upstreamPort}`,
      protocol: 'http',
      host: '127.0.0.1',
      port: upstreamPort,
    },
    mode: 'enforce',
    steps: {},
    trustedProxies: [],
    proxyProtocol: [],
    pool: defaultPool,
    accessEvents: 'each',
    onInspectionFailure: 'refuse',
    ...change,
  }
}

/** A data folder of a test; removed at the end. */
export class EdgeFolder {
  readonly path: string = mkdtempSync(join(tmpdir(), 'sf-edge-'))

  configure(config: Record<string, unknown>): void {
    mkdirSync(join(this.path, 'edge'), { recursive: true, mode: 0o700 })
    writeFileSync(join(this.path, 'edge', 'config.json'), JSON.stringify(config), { mode: 0o600 })
  }

  /** All lines in the spools of the edge. */
  events(): Record<string, unknown>[] {
    const files = readdirSync(join(this.path, 'edge', 'spool'), { recursive: true, encoding: 'utf8' })
    return files
      .filter((file) => file.endsWith('.seg'))
      .flatMap((file) => readFileSync(join(this.path, 'edge', 'spool', file), 'utf8').split('\n'))
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** The edge as its own process with workers. */
export class EdgeProcess {
  readonly child: ChildProcess
  readonly urls: readonly string[]
  private readonly log: string[]

  private constructor(child: ChildProcess, urls: readonly string[], log: string[]) {
    this.child = child
    this.urls = urls
    this.log = log
  }

  /** `keeper` hands listening sockets from one process to the next. */
  static async start(folder: EdgeFolder, keeper?: SocketKeeper): Promise<EdgeProcess> {
    const child = spawn(process.execPath, [edgeMain], {
      env: { ...process.env, SEVENFOLD_DATA: folder.path, ...keeper?.environment },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    const log: string[] = []
    child.stderr?.on('data', (chunk) => log.push(String(chunk)))
    const ready = new Promise<unknown[]>((resolve) => {
      child.on('message', (message: { type?: string }) => {
        if (message.type === 'ready') resolve([message])
      })
    })
    keeper?.attach(child)
    const ended = once(child, 'exit').then(() => {
      throw new Error(`the edge ended: ${log.join('')}`)
    })
    const [message] = (await Promise.race([ready, ended])) as [{ listen: { url: string }[] }]
    ended.catch(() => undefined) // the end of a later stop
    return new EdgeProcess(
      child,
      message.listen.map(({ url }) => url),
      log,
    )
  }

  get port(): number {
    return this.portOf(0)
  }

  portOf(index: number): number {
    return Number(new URL(this.urls[index] ?? 'http://x:0').port)
  }

  /** Process ids of the workers. */
  workers(): number[] {
    const { pid = 0 } = this.child
    const path = `/proc/${pid}/task/${pid}/children`
    return readFileSync(path, 'utf8').trim().split(' ').filter(Boolean).map(Number)
  }

  output(): string {
    return this.log.join('')
  }

  /** Ends it as a supervisor does; resolves with the milliseconds that it took. */
  async stop(): Promise<number> {
    const before = performance.now()
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exit = once(this.child, 'exit')
      this.child.kill('SIGTERM')
      await exit
    }
    return performance.now() - before
  }
}
