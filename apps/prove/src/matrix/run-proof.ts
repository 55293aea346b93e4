import { setTimeout as wait } from 'node:timers/promises'
import type { ProofDocument } from '@sevenfold/event'
import type { Attack } from '../attack/attack.ts'
import type { Bed } from '../bed/bed.ts'
import type { Journey } from '../benign/journey.ts'
import { cellAddress } from './cell-address.ts'
import { planConfigurations } from './configuration.ts'
import type { Configuration, Plan } from './configuration.ts'
import { eventsOf, judgeCell } from './judge.ts'
import type { CellRun } from './judge.ts'
import type { JudgingEvent } from './judging-event.ts'
import { makeDocument } from './make-document.ts'
import type { AttackRow, BenignRun } from './make-document.ts'
import { runAttack, runJourney, runTwin } from './run-cell.ts'
import type { CellOptions } from './run-cell.ts'

/** How a proof runs. */
export interface ProofOptions {
  readonly seed: string
  readonly attacks: readonly Attack[]
  readonly journeys: readonly Journey[]
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
  readonly attacks: CellRun[]
  readonly visits: CellRun[]
  play(configuration: Configuration, doing: string, act: Act): Promise<CellRun>
}

function createRunner(bed: Bed, options: ProofOptions, total: number): Runner {
  let next = 0
  return {
    attacks: [],
    visits: [],
    play: (configuration, doing, act) => {
      options.signal?.throwIfAborted()
      options.onProgress?.({
        done: Math.min(next, total - 1),
        total,
        doing: `${doing}, ${configuration.name}`,
      })
      return act({ bed, configuration, address: cellAddress(next++), seed: options.seed })
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

/** Makes all attempts. An attack that does not work with no layer is not tried behind layers. */
async function runCells(runner: Runner, plan: Plan, options: ProofOptions): Promise<void> {
  for (const attack of options.attacks) {
    for (const configuration of plan.distinct) {
      const run = await playCell(runner, configuration, {
        name: attack.id,
        act: (cell) => runAttack(attack, cell),
      })
      runner.attacks.push(run)
      if (configuration === plan.none && !run.succeeded) break
    }
  }
  for (const configuration of new Set([plan.none, plan.all])) {
    for (const attack of options.attacks) {
      const twin = { name: `twin of ${attack.id}`, act: (cell: CellOptions) => runTwin(attack, cell) }
      runner.visits.push(await playCell(runner, configuration, twin))
    }
    for (const journey of options.journeys) {
      const visit = { name: journey.id, act: (cell: CellOptions) => runJourney(journey, cell) }
      runner.visits.push(await playCell(runner, configuration, visit))
    }
  }
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

/** Attacks the bed in every configuration and judges what its layers wrote. */
export async function runProof(bed: Bed, options: ProofOptions): Promise<Proof> {
  const plan = planConfigurations(bed.layers)
  const visitsPerConfiguration = options.attacks.length + options.journeys.length
  const total =
    options.attacks.length * plan.distinct.length +
    visitsPerConfiguration * new Set([plan.none, plan.all]).size
  const runner = createRunner(bed, options, total)
  await runCells(runner, plan, options)
  options.onProgress?.({ done: total, total, doing: 'waiting for late detections' })
  const events = await lateEvents(bed, runner.attacks)
  const rows = makeRows(options.attacks, runner.attacks, events)
  const benign = judgeVisits(plan, runner.visits, events)
  const document = makeDocument(options.seed, plan, { rows, benign })
  return { plan, document, rows, benign, problems: findProblems(plan, runner) }
}
