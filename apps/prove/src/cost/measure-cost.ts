import type { ProofCost, ProofLoad } from '@sevenfold/event'
import type { Attack } from '../attack/attack.ts'
import type { Bed } from '../bed/bed.ts'
import type { Journey } from '../benign/journey.ts'
import type { Configuration, Plan } from '../matrix/configuration.ts'
import { runLoad } from './run-load.ts'
import type { LoadOptions, LoadResult, Play } from './run-load.ts'
import { summariseLoad } from './summarise-load.ts'

/** How often each load is repeated; six repeats enclose the median with 96.9 % (`coverage`). */
export const defaultRepeats = 6

/** Visits of one repeat: about ten requests each; more of them before, until the programs have settled. */
const visitsPerRepeat = 12
const visitsToWarmUp = 60

/** Visitors at the same time. */
const concurrency = 4

/** What is measured. */
export interface CostOptions {
  readonly bed: Bed
  readonly plan: Plan
  readonly journeys: readonly Journey[]
  /** Attacks that all layers stop: the others would change or stop the application that is measured. */
  readonly attacks: readonly Attack[]
  readonly seed: string
  readonly repeats: number
  readonly nextAddress: () => string
  readonly onStep?: (doing: string) => void
  readonly signal?: AbortSignal
}

/** A load of the four steps: who comes to which configuration. */
interface PlannedLoad {
  readonly name: string
  readonly configuration: Configuration
  readonly plays: readonly Play[]
  /** Attackers who come at the same time and are not measured. */
  readonly beside: readonly Play[]
}

/** Whose loads are planned. */
type Wanted = Pick<CostOptions, 'plan' | 'journeys' | 'attacks'>

function planLoads({ plan, journeys, attacks }: Wanted): readonly PlannedLoad[] {
  const innocent = journeys.map((journey): Play => ({
    name: journey.id,
    visit: (scene) => journey.visit(scene),
  }))
  const hostile = attacks.map((attack): Play => ({
    name: attack.id,
    visit: (scene) => attack.attempt(scene),
  }))
  const { none, all } = plan
  const stacks = [...new Set([...plan.alone.values(), all])].filter(({ layers }) => layers.length > 0)
  return [
    { name: 'bare', configuration: none, plays: innocent, beside: [] },
    ...stacks.map((configuration) => ({
      name: configuration.name,
      configuration,
      plays: innocent,
      beside: [],
    })),
    ...(hostile.length === 0 || all === none
      ? []
      : [
          { name: 'attackers', configuration: all, plays: hostile, beside: [] },
          { name: 'together', configuration: all, plays: innocent, beside: hostile },
        ]),
  ]
}

/** One repeat of one load; attackers beside it come as long as it lasts. */
async function repeatOnce(load: PlannedLoad, options: CostOptions, visits: number): Promise<LoadResult> {
  const base = { ...options, configuration: load.configuration, concurrency }
  const over = new AbortController()
  const signals = [over.signal, ...(options.signal === undefined ? [] : [options.signal])]
  const measured = runLoad({ ...base, plays: load.plays, visits })
  const besides =
    load.beside.length === 0
      ? Promise.resolve()
      : attackBeside({
          ...base,
          plays: load.beside,
          visits: Number.MAX_SAFE_INTEGER,
          concurrency: 2,
          signal: AbortSignal.any(signals),
        })
  try {
    return await measured
  } finally {
    over.abort()
    await besides
  }
}

/** Attackers without a reset of their own, until the signal. */
async function attackBeside(options: LoadOptions): Promise<void> {
  const bed = { ...options.bed, application: keepApplication(options.bed) }
  await runLoad({ ...options, bed }).catch(() => undefined) // it ends by its signal
}

/** The applications of a bed, whose reset does nothing: somebody else is being measured on them. */
function keepApplication(bed: Bed): Bed['application'] {
  return (configuration) => {
    const application = bed.application(configuration)
    const nothing = { paymentKey: '', fileKey: '', partnerPassword: '', partnerKey: '', heldReview: '' }
    return { ...application, reset: () => Promise.resolve(nothing) }
  }
}

function ratios(loads: ReadonlyMap<string, ProofLoad>, stacks: readonly string[]): Record<string, number> {
  const base = loads.get('bare')?.cpuMsPerRequest?.median ?? 0
  if (base === 0) return {}
  return Object.fromEntries(
    stacks.map((name) => {
      const own = loads.get(name)?.cpuMsPerRequest?.median ?? 0
      return [name, Math.round((own / base) * 100) / 100]
    }),
  )
}

/** The attackers beside it used the same processes: their share cannot be told from that of the innocent. */
function withoutUse({ cpuMsPerRequest: _cpu, cpuMsByProcess: _byProcess, ...load }: ProofLoad): ProofLoad {
  return load
}

/**
 * Measures what the layers cost in four steps: innocent visitors with no layer; with each layer and with all; attackers
 * alone; both together. The repeats of all steps are interleaved, so that a busy minute of the machine meets them all;
 * one round before them warms everything up and is not counted.
 */
export async function measureCost(options: CostOptions): Promise<ProofCost> {
  const planned = planLoads(options)
  const results = new Map<string, LoadResult[]>(planned.map(({ name }) => [name, []]))
  for (let round = 0; round <= options.repeats; round++) {
    for (const load of planned) {
      options.signal?.throwIfAborted()
      options.onStep?.(`cost: ${load.name}, ${round === 0 ? 'warming up' : `${round} of ${options.repeats}`}`)
      const result = await repeatOnce(load, options, round === 0 ? visitsToWarmUp : visitsPerRepeat)
      if (round > 0) results.get(load.name)?.push(result)
    }
  }
  const loads = new Map([...results].map(([name, repeats]) => [name, summariseLoad(repeats)]))
  const stacks = [...loads.keys()].filter((name) => !['bare', 'attackers', 'together'].includes(name))
  const pick = (name: string): ProofLoad | undefined => loads.get(name)
  const [bare, attackers, together] = [pick('bare'), pick('attackers'), pick('together')]
  return {
    repeats: options.repeats,
    ...(bare === undefined ? {} : { bare }),
    layers: Object.fromEntries(stacks.flatMap((name) => [[name, pick(name)]]).filter(([, load]) => load)),
    ...(attackers === undefined ? {} : { attackers }),
    ...(together === undefined ? {} : { together: withoutUse(together) }),
    cpuPerRequest: ratios(loads, stacks),
  }
}

/** How many loads a measurement plays, for the progress. */
export function costSteps(options: Wanted & Pick<CostOptions, 'repeats'>): number {
  return planLoads(options).length * (options.repeats + 1)
}
