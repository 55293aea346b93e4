import { setTimeout as wait } from 'node:timers/promises'
import type { ProofDisturbance } from '@sevenfold/event'
import type { Bed } from '../bed/bed.ts'
import type { BedProcess } from '../bed/start-process.ts'
import { childrenOf } from '../cost/process-usage.ts'
import type { Plan } from '../matrix/configuration.ts'
import { seededId } from '../matrix/seeded-random.ts'
import { sendSteadily } from './steady-visitors.ts'
import type { SteadyResult } from './steady-visitors.ts'

/** Length of one measurement, in milliseconds. */
const durationMs = 4000
const everyMs = 50

/** When the process is disturbed, and for how long, in milliseconds; it is started again after the same time as by `sevenfold up`. */
const disturbAfterMs = 500
const stalledMs = 2000
const restartAfterMs = 500
const restartAttempts = 4

/** Pages that need the database, the file system and neither. */
const paths: readonly string[] = [
  '/',
  '/product/1',
  '/category/tents',
  '/help?topic=shipping',
  '/api/products/14',
]

/** What is measured. */
export interface AvailabilityOptions {
  readonly bed: Bed
  readonly plan: Plan
  readonly seed: string
  readonly nextAddress: () => string
  readonly onStep?: (doing: string) => void
  readonly signal?: AbortSignal
}

/** A process to disturb. */
type Victim = Pick<BedProcess, 'name' | 'pid' | 'restart'>

async function disturb(victim: Victim, kind: 'killed' | 'stalled'): Promise<void> {
  await wait(disturbAfterMs)
  if (kind === 'stalled') {
    process.kill(victim.pid, 'SIGSTOP')
    await wait(stalledMs)
    process.kill(victim.pid, 'SIGCONT')
    return
  }
  process.kill(victim.pid, 'SIGKILL')
  await startAgain(victim)
}

/** Tries again after growing waits, as `sevenfold up` does: the rest of a killed part may still hold its files. */
async function startAgain(victim: Victim, attempt = 0): Promise<void> {
  await wait(restartAfterMs * 2 ** attempt)
  try {
    await victim.restart()
  } catch (error) {
    if (attempt === restartAttempts) throw error
    await startAgain(victim, attempt + 1)
  }
}

/**
 * The processes of the layers that stand before the application, and the ledger; never the application itself. One
 * worker of the edge is a victim of its own: its primary starts another.
 */
function victimsOf({ bed, plan }: Pick<AvailabilityOptions, 'bed' | 'plan'>): readonly Victim[] {
  return bed
    .processes(plan.all)
    .slice(1)
    .flatMap((part): readonly Victim[] => {
      const pid = part.name === 'edge' ? childrenOf(part.pid)[0] : undefined
      if (pid === undefined) return [part]
      return [{ name: 'edge worker', pid, restart: () => Promise.resolve() }, part]
    })
}

/** How many measurements there will be, for the progress. */
export function availabilitySteps(options: Pick<AvailabilityOptions, 'bed' | 'plan'>): number {
  return 2 + 2 * victimsOf(options).length
}

/**
 * Kills and stalls each process of the layers in turn while innocent visitors come at a steady rate, and counts who
 * was served: first the bare application and all layers undisturbed, then one disturbance at a time. A stalled
 * process is one that takes connections and never answers, for two seconds.
 */
export async function measureAvailability(
  options: AvailabilityOptions,
): Promise<readonly ProofDisturbance[]> {
  const { bed, plan, seed } = options
  const visit = (layers: Plan['all'], label: string): Promise<SteadyResult> =>
    sendSteadily({
      target: bed.target(layers),
      paths,
      everyMs,
      durationMs,
      nextAddress: options.nextAddress,
      trace: (number) => seededId(seed, `${label}\0${number}`),
    })
  options.onStep?.('availability: nothing disturbed')
  const found: ProofDisturbance[] = [
    { part: 'bare', kind: 'none', ...(await visit(plan.none, 'bare')) },
    { part: 'all layers', kind: 'none', ...(await visit(plan.all, 'all')) },
  ]
  for (const victim of victimsOf(options)) {
    for (const kind of ['stalled', 'killed'] as const) {
      options.signal?.throwIfAborted()
      options.onStep?.(`availability: ${victim.name} ${kind}`)
      const [served] = await Promise.all([visit(plan.all, `${victim.name} ${kind}`), disturb(victim, kind)])
      found.push({ part: victim.name, kind, ...served })
    }
  }
  return found
}
