import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { closeSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { SocketKeeper } from '@sevenfold/edge/sockets'
import type { Clock, Timer } from '@sevenfold/layer'
import { environmentError } from '../program/cli-error.ts'
import { partEnvironment } from './part-environment.ts'
import { lastLines, openPartLog } from './part-log.ts'
import { leftBehindMs, readyDeadlineMs, restartDelayMs, steadyAfterMs, stopDeadlineMs } from './part-spec.ts'
import type { PartListening, PartSpec } from './part-spec.ts'

/** What a part's process needs and whom it tells. */
export interface PartSurroundings {
  readonly dataDir: string
  /** Folder of the logs. */
  readonly logDir: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  /** A part that was ready died and starts again after `delayMs`. */
  readonly onDeath: (death: { readonly part: string; readonly why: string; readonly delayMs: number }) => void
  /** A part is ready, for the first time or again. */
  readonly onReady: (part: string) => void
}

/** What a part's process is doing. */
export type PartState = 'starting' | 'ready' | 'waiting' | 'stopped'

const preload = fileURLToPath(new URL('../../bin/exit-with-parent.mjs', import.meta.url))

function isReady(message: unknown): message is { type: 'ready'; listen?: unknown } {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready'
}

/** What a part says of itself, reduced to what we show. */
function listeningOf(message: { listen?: unknown }): readonly PartListening[] {
  return (Array.isArray(message.listen) ? message.listen : []).flatMap((one: unknown) => {
    if (typeof one !== 'object' || one === null || !('name' in one) || !('url' in one)) return []
    return typeof one.name === 'string' && typeof one.url === 'string'
      ? [{ name: one.name, url: one.url }]
      : []
  })
}

function endOf(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `ended with code ${code ?? 'unknown'}` : `was killed by ${signal}`
}

/**
 * Keeps one part running: starts it in a process group of its own, waits until it says that it is ready, starts it
 * again when it dies, and stops it with everything that it started.
 */
export class PartProcess {
  readonly spec: PartSpec
  state: PartState = 'stopped'
  listening: readonly PartListening[] = []
  /** How often it started again. */
  restarts = 0
  readonly #around: PartSurroundings
  readonly #sockets: SocketKeeper | undefined
  #child: ChildProcess | undefined
  /** Processes that died and whose own processes serve until the next one takes over. */
  readonly #leftBehind = new Map<ChildProcess, Timer>()
  #timer: Timer | undefined
  #deathsInARow = 0
  #readyAt = 0
  #stopping = false

  constructor(spec: PartSpec, around: PartSurroundings) {
    this.spec = spec
    this.#around = around
    this.#sockets = spec.handsOver === true ? new SocketKeeper() : undefined
  }

  /** Process id while there is a process. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Starts it for the first time. @throws CliError when it dies or is not ready in time. */
  async start(): Promise<void> {
    const { log, failure } = await this.#launch()
    if (failure === undefined) return
    const tail = lastLines(log, 5).map((line) => `\n  ${line}`)
    throw environmentError(
      `${this.spec.name} did not start: it ${failure}${tail.join('')}`,
      `its log is ${log}`,
    )
  }

  /** Asks it to stop, and kills its whole process group after the deadline. Resolves when nothing of it is left. */
  async stop(deadlineMs: number = stopDeadlineMs): Promise<void> {
    this.#stopping = true
    this.#timer?.cancel()
    this.#dropLeftBehind()
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
      this.state = 'stopped'
      return
    }
    const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
    child.kill('SIGTERM')
    const timer = this.#around.clock.after(Math.max(0, deadlineMs), () => this.#killGroup(child))
    await gone
    timer.cancel()
    this.state = 'stopped'
  }

  /** Stops it and starts it again, for example for a new configuration. @throws CliError when it does not come back. */
  async restart(): Promise<void> {
    await this.stop()
    this.#stopping = false
    await this.start()
  }

  /** Starts a process and resolves when it is ready, or with why it is not. */
  #launch(): Promise<{ readonly log: string; readonly failure?: string }> {
    const { clock, env, dataDir, logDir } = this.#around
    this.state = 'starting'
    this.listening = []
    const { fd, path } = openPartLog(logDir, this.spec.name)
    const child = spawn(
      process.execPath,
      [...(this.spec.nodeOptions ?? []), '--import', preload, this.spec.entry],
      {
        stdio: ['ignore', fd, fd, 'ipc'],
        // A group of its own: Ctrl-C reaches only us, so that we stop the parts in order.
        detached: true,
        env: partEnvironment(env, {
          SEVENFOLD_DATA: dataDir,
          SEVENFOLD_STOP_WITH_PARENT: '1',
          ...this.#sockets?.environment,
          ...this.spec.env,
        }),
      },
    )
    closeSync(fd)
    this.#child = child
    this.#sockets?.attach(child)
    return new Promise((resolve) => {
      let failure = `was not ready within ${readyDeadlineMs / 1000} s`
      const deadline = clock.after(readyDeadlineMs, () => this.#killGroup(child))
      child.on('message', (message) => {
        if (!isReady(message) || this.#child !== child) return
        // A part that listens elsewhere after a reload says so again.
        if (this.state === 'ready') this.listening = listeningOf(message)
        if (this.state !== 'starting') return
        deadline.cancel()
        this.#becomeReady(listeningOf(message))
        resolve({ log: path })
      })
      child.once('error', (error) => (failure = `could not be started (${error.message})`))
      child.once('close', (code, signal) => {
        deadline.cancel()
        this.#leave(child)
        if (this.state === 'ready' || this.restarts > 0) this.#died(endOf(code, signal))
        resolve({ log: path, failure: signal === 'SIGKILL' ? failure : endOf(code, signal) })
      })
    })
  }

  /** Processes of a dead part would go on with half of its work, unless that is what they are for. */
  #leave(child: ChildProcess): void {
    if (this.#sockets === undefined || this.state !== 'ready' || this.#stopping) {
      this.#killGroup(child)
      return
    }
    // They leave by themselves; what is still there then hangs.
    const late = this.#around.clock.after(leftBehindMs, () => {
      this.#leftBehind.delete(child)
      this.#killGroup(child)
    })
    this.#leftBehind.set(child, late)
  }

  #dropLeftBehind(): void {
    for (const [child, late] of this.#leftBehind) {
      late.cancel()
      this.#killGroup(child)
    }
    this.#leftBehind.clear()
  }

  #becomeReady(listening: readonly PartListening[]): void {
    this.state = 'ready'
    this.listening = listening
    this.#readyAt = this.#around.clock.monotonicMs()
    this.#around.onReady(this.spec.name)
  }

  #died(why: string): void {
    if (this.#stopping) return
    const { clock, onDeath } = this.#around
    const wasSteady = this.state === 'ready' && clock.monotonicMs() - this.#readyAt > steadyAfterMs
    this.#deathsInARow = wasSteady ? 1 : this.#deathsInARow + 1
    const delayMs = restartDelayMs(this.#deathsInARow)
    this.state = 'waiting'
    this.restarts += 1
    onDeath({ part: this.spec.name, why, delayMs })
    this.#timer = clock.after(delayMs, () => void this.#launch())
  }

  #killGroup(child: ChildProcess): void {
    if (child.pid === undefined) return
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // ESRCH: nothing of the group is left, which is what we want.
    }
  }
}
