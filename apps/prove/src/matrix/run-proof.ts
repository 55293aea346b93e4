import { setTimeout as wait } from 'node:timers/promises'
import type { ProofDocument } from '@sevenfold/event'
import type { Browser } from 'playwright-core'
import type { Attack } from '../attack/attack.ts'
import { availabilitySteps, measureAvailability } from '../availability/measure-availability.ts'
import type { Application, Bed } from '../bed/bed.ts'
import type { BrowserJourney } from '../benign/browser-journeys.ts'
import type { Journey } from '../benign/journey.ts'
import { costSteps, measureCost } from '../cost/measure-cost.ts'
import { cellAddress } from './cell-address.ts'
import { planConfigurations } from './configuration.ts'
import type { Configuration, Plan } from './configuration.ts'
import { eventsOf, judgeCell } from './judge.ts'
import type { CellRun } from './judge.ts'
import type { JudgingEvent } from './judging-event.ts'
import { makeDocument } from './make-document.ts'
import type { AttackRow, BenignRun } from './make-document.ts'
import { runAttack, runBrowserJourney, runJourney, runTwin } from './run-cell.ts'
import type { CellOptions } from './run-cell.ts'

/** How a proof runs. */
export interface ProofOptions {
  readonly seed: string
  readonly attacks: readonly Attack[]
  readonly journeys: readonly Journey[]
  /** A real browser, and who comes with it. */
  readonly browser?: { readonly program: Browser; readonly journeys: readonly BrowserJourney[] }
  /** Repeats of the cost measurement; 0 or absent: costs are not measured. */
  readonly costRepeats?: number
  /** Whether processes are killed and stalled under good load. */
  readonly availability?: boolean
  /** Called before each cell with what is done of how much. */
  readonly onProgress?: (progress: Progress) => void
  /** Aborting ends the proof with the signal's reason before the next cell. */
  readonly signal?: AbortSignal
}

/** How far a proof is. */
export interface Progress {
  readonly done: number
  readonly total: number
  readonly doing: string
}

/** All that a proof found. */
export interface Proof {
  readonly plan: Plan
  readonly document: ProofDocument
  readonly rows: readonly AttackRow[]
  readonly benign: readonly BenignRun[]
  /** Errors of the test itself: attacks that do not work without layers, twins that the bare application refuses. */
  readonly problems: readonly string[]
}

const pollMs = 200

/** Makes one attempt or visit in a cell. */
type Act = (options: CellOptions) => Promise<CellRun>

interface Runner {
  /** A source address that nobody had before. */
  nextAddress(): string
  /** Says what comes next. */
  step(doing: string): void
  readonly attacks: CellRun[]
  readonly visits: CellRun[]
  play(configuration: Configuration, doing: string, act: Act): Promise<CellRun>
}

function createRunner(bed: Bed, options: ProofOptions, total: number): Runner {
  let [addresses, done] = [0, 0]
  const nextAddress = (): string => cellAddress(addresses++)
  const step = (doing: string): void => {
    options.signal?.throwIfAborted()
    options.onProgress?.({ done: Math.min(done++, total - 1), total, doing })
  }
  return {
    attacks: [],
    visits: [],
    nextAddress,
    step,
    play: (configuration, doing, act) => {
      step(`${doing}, ${configuration.name}`)
      return act({ bed, configuration, address: nextAddress(), seed: options.seed })
    },
  }
}

/** Attempts of an attack with no layer before it counts as an error of the test. */
const bareAttempts = 3

/**
 * Plays one attempt or visit. With no layer one that fails is repeated: attacks that need the clock, or many
 * connections, may fail on a busy machine, and that says nothing about them. Behind layers there is one attempt.
 */
async function playCell(
  runner: Runner,
  configuration: Configuration,
  cell: { readonly name: string; readonly act: Act },
): Promise<CellRun> {
  const attempts = configuration.layers.length === 0 ? bareAttempts : 1
  let run = await runner.play(configuration, cell.name, cell.act)
  for (let count = 1; count < attempts && !run.succeeded; count++) {
    run = await runner.play(configuration, cell.name, cell.act)
  }
  return run
}

/** One after another on one application: resets would pull the ground from under a neighbour. */
type Lanes = readonly (readonly Configuration[])[]

/** Configurations by the application that stands behind them, the one of `none` first. */
function planLanes(bed: Bed, configurations: Iterable<Configuration>): Lanes {
  const lanes = new Map<Application, Configuration[]>()
  for (const configuration of configurations) {
    const application = bed.application(configuration)
    lanes.set(application, [...(lanes.get(application) ?? []), configuration])
  }
  return [...lanes.values()]
}

/**
 * Makes all attempts, those on different applications side by side. An attack that does not work with no layer is
 * not tried behind layers.
 */
async function runAttacks(runner: Runner, lanes: Lanes, options: ProofOptions): Promise<void> {
  const tryAll = async (attack: Attack, configurations: readonly Configuration[]): Promise<void> => {
    for (const configuration of configurations) {
      const act: Act = (cell) => runAttack(attack, cell)
      runner.attacks.push(await playCell(runner, configuration, { name: attack.id, act }))
    }
  }
  const [[none, ...own] = [], ...others] = lanes
  let behind: Promise<unknown> = Promise.resolve()
  for (const attack of options.attacks) {
    if (none !== undefined) await tryAll(attack, [none])
    if (runner.attacks.findLast((run) => run.attack === attack.id)?.succeeded !== true) continue
    behind = behind.then(() => Promise.all(others.map((lane) => tryAll(attack, lane))))
    behind.catch(() => undefined) // met below; until then the first lane may go on or fail on its own
    await tryAll(attack, own)
  }
  await behind
}

function browserCells({ browser }: ProofOptions): readonly { readonly name: string; readonly act: Act }[] {
  if (browser === undefined) return []
  return browser.journeys.map((journey) => ({
    name: journey.id,
    act: (cell: CellOptions) => runBrowserJourney(journey, browser.program, cell),
  }))
}

/** Makes all innocent visits with no layer and with all. */
async function runVisits(runner: Runner, lanes: Lanes, options: ProofOptions): Promise<void> {
  const cells = [
    ...options.attacks.map((attack) => ({
      name: `twin of ${attack.id}`,
      act: (cell: CellOptions) => runTwin(attack, cell),
    })),
    ...options.journeys.map((journey) => ({
      name: journey.id,
      act: (cell: CellOptions) => runJourney(journey, cell),
    })),
    ...browserCells(options),
  ]
  const visitAll = async (lane: readonly Configuration[]): Promise<void> => {
    for (const configuration of lane) {
      for (const cell of cells) runner.visits.push(await playCell(runner, configuration, cell))
    }
  }
  await Promise.all(lanes.map(visitAll))
}

/** Waits once, for all cells together, until each that a layer could still detect is judged or the window is over. */
async function lateEvents(bed: Bed, runs: readonly CellRun[]): Promise<readonly JudgingEvent[]> {
  const until = performance.now() + bed.missWindowMs
  const waiting = runs.filter((run) => run.configuration.layers.length > 0)
  for (;;) {
    const events = await bed.judgements()
    const isComplete = waiting.every((run) => judgeCell(run, events).outcome !== 'missed')
    if (isComplete || performance.now() >= until) return events
    await wait(pollMs)
  }
}

function makeRows(
  attacks: readonly Attack[],
  runs: readonly CellRun[],
  events: readonly JudgingEvent[],
): readonly AttackRow[] {
  return attacks.map((attack) => {
    const own = runs.filter((run) => run.attack === attack.id)
    const cells = new Map(own.map((run) => [run.configuration.name, judgeCell(run, events)]))
    return { attack, cells, valid: own.find((run) => run.configuration.name === 'none')?.succeeded === true }
  })
}

/** A visit is blocked when it was served with no layer and not behind all, or when a layer says that it refused or banned it. */
function judgeVisits(
  plan: Plan,
  visits: readonly CellRun[],
  events: readonly JudgingEvent[],
): readonly BenignRun[] {
  const bare = new Set(
    visits.filter((run) => run.configuration === plan.none && run.succeeded).map((run) => run.attack),
  )
  const layered = visits.filter((run) => run.configuration === plan.all && plan.layers.length > 0)
  return layered.map((run) => {
    const own = eventsOf(run, events)
    const refusals = own.filter((event) => event.verdict === 'stopped' || event.column === 'detection')
    const blocked = refusals.length > 0 || (bare.has(run.attack) && !run.succeeded)
    const reason = refusals[0] === undefined ? run.error : `${refusals[0].column}: ${refusals[0].reason}`
    return { name: run.attack, blocked, ...(reason === undefined ? {} : { reason }) }
  })
}

function findProblems(plan: Plan, runner: Runner): readonly string[] {
  const bare = (run: CellRun): boolean => run.configuration === plan.none && !run.succeeded
  const why = (run: CellRun): string => (run.error === undefined ? '' : ` (${run.error})`)
  return [
    ...runner.attacks.filter(bare).map((run) => `${run.attack} does not work with no layer${why(run)}`),
    ...runner.visits.filter(bare).map((run) => `${run.attack} is not served with no layer${why(run)}`),
    ...runner.attacks
      .filter((run) => run.configuration !== plan.none && run.error !== undefined)
      .map((run) => `${run.attack}, ${run.configuration.name}: the steps broke off${why(run)}`),
  ]
}

/** Attacks that all layers stop, and that leave the application as it is measured. */
function harmless(rows: readonly AttackRow[], plan: Plan, attacks: readonly Attack[]): readonly Attack[] {
  const stopped = new Set(
    rows
      .filter(({ cells }) => cells.get(plan.all.name)?.outcome === 'stopped')
      .map(({ attack }) => attack.id),
  )
  return attacks.filter((attack) => stopped.has(attack.id) && attack.slow !== true)
}

/** What runs after the matrix, and how many steps of progress it has. */
function laterSteps(bed: Bed, plan: Plan, options: ProofOptions): number {
  const { attacks, journeys, costRepeats: repeats = 0 } = options
  const cost = repeats > 0 ? costSteps({ plan, journeys, attacks, repeats }) : 0
  return cost + (options.availability === true ? availabilitySteps({ bed, plan }) : 0)
}

/** Costs first: availability leaves processes that have just started. */
async function measureLater(
  bed: Bed,
  options: ProofOptions,
  place: { readonly plan: Plan; readonly runner: Runner; readonly rows: readonly AttackRow[] },
): Promise<Pick<ProofDocument, 'cost' | 'availability'>> {
  const { plan, runner } = place
  const { seed, journeys, costRepeats: repeats = 0, signal } = options
  const { nextAddress, step: onStep } = runner
  const common = { bed, plan, seed, nextAddress, onStep, ...(signal === undefined ? {} : { signal }) }
  const attacks = harmless(place.rows, plan, options.attacks)
  const cost = repeats > 0 ? await measureCost({ ...common, journeys, attacks, repeats }) : {}
  if (options.availability !== true) return { cost }
  return { cost, availability: await measureAvailability(common) }
}

/** Attacks the bed in every configuration, judges what its layers wrote, and measures what they cost. */
export async function runProof(bed: Bed, options: ProofOptions): Promise<Proof> {
  const plan = planConfigurations(bed.layers)
  const browsers = options.browser?.journeys.length ?? 0
  const visitsPerConfiguration = options.attacks.length + options.journeys.length + browsers
  const total =
    1 + // the wait for late detections
    options.attacks.length * plan.distinct.length +
    visitsPerConfiguration * new Set([plan.none, plan.all]).size +
    laterSteps(bed, plan, options)
  const runner = createRunner(bed, options, total)
  await runAttacks(runner, planLanes(bed, plan.distinct), options)
  await runVisits(runner, planLanes(bed, new Set([plan.none, plan.all])), options)
  runner.step('waiting for late detections')
  const events = await lateEvents(bed, runner.attacks)
  const rows = makeRows(options.attacks, runner.attacks, events)
  const benign = judgeVisits(plan, runner.visits, events)
  const measured = await measureLater(bed, options, { plan, runner, rows })
  options.onProgress?.({ done: total, total, doing: 'done' })
  const document = { ...makeDocument(options.seed, plan, { rows, benign }), ...measured }
  return { plan, document, rows, benign, problems: findProblems(plan, runner) }
}
