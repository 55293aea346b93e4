import { join } from 'node:path'
import { ensurePrivateFolder } from '@sevenfold/layer'
import type { Clock } from '@sevenfold/layer'
import { PartProcess } from './part-process.ts'
import type { PartSurroundings } from './part-process.ts'
import { stopAllDeadlineMs, stopDeadlineMs } from './part-spec.ts'
import type { PartSpec } from './part-spec.ts'
import type { PartStatus } from './state-file.ts'

/** What a supervisor is made of. */
export interface SupervisorOptions {
  /** In the order in which they start. */
  readonly parts: readonly PartSpec[]
  readonly dataDir: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly onDeath: PartSurroundings['onDeath']
  /** Called after every change of any part's state. */
  readonly onChange: () => void
  /** Called between the stages of stopping, for example to send the last events while the ledger still runs. */
  readonly beforeStage?: (stage: number) => Promise<void>
}

/** Starts parts in order, keeps them running, and stops them in order with everything that they started. */
export interface Supervisor {
  /** Resolves when every part is ready. Rejects for the first that is not, after the others were stopped. */
  start(): Promise<void>
  /** Stops everything within `stopAllDeadlineMs`. Safe to call twice. */
  stop(): Promise<void>
  status(): readonly PartStatus[]
  /** Stops one part and starts it again. @throws CliError when it does not come back. */
  restart(name: string): Promise<void>
}

function statusOf(part: PartProcess): PartStatus {
  const { pid } = part
  return {
    name: part.spec.name,
    state: part.state,
    ...(pid === undefined || part.state === 'stopped' || part.state === 'waiting' ? {} : { pid }),
    restarts: part.restarts,
    listening: part.listening,
  }
}

/** Makes a supervisor; nothing starts before `start`. */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const logDir = join(options.dataDir, 'supervisor', 'logs')
  const around: PartSurroundings = {
    ...options,
    logDir,
    onDeath: (death) => {
      options.onDeath(death)
      options.onChange()
    },
    onReady: () => options.onChange(),
  }
  const parts = options.parts.map((spec) => new PartProcess(spec, around))
  let stopping: Promise<void> | undefined

  const stopStages = async (): Promise<void> => {
    const end = options.clock.monotonicMs() + stopAllDeadlineMs
    for (const stage of [...new Set(parts.map(({ spec }) => spec.stopStage))].sort((a, b) => a - b)) {
      await options.beforeStage?.(stage)
      const left = Math.min(stopDeadlineMs, end - options.clock.monotonicMs())
      await Promise.all(
        parts.filter(({ spec }) => spec.stopStage === stage).map(async (part) => await part.stop(left)),
      )
    }
    options.onChange()
  }
  const stop = async (): Promise<void> => await (stopping ??= stopStages())

  return {
    stop,
    status: () => parts.map(statusOf),
    restart: async (name) => await parts.find(({ spec }) => spec.name === name)?.restart(),
    start: async () => {
      ensurePrivateFolder(join(options.dataDir, 'supervisor'))
      ensurePrivateFolder(logDir)
      try {
        // Launched in order and awaited together: shippers wait for their receivers by themselves, and a start that
        // waited for each part in turn would take the sum of all instead of the slowest.
        await Promise.all(parts.map(async (part) => await part.start()))
      } catch (error) {
        await stop()
        throw error
      }
    },
  }
}
