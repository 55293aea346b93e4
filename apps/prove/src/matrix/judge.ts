import type { ProofCell, ProofColumn } from '@sevenfold/event'
import type { Configuration } from './configuration.ts'
import type { JudgingEvent } from './judging-event.ts'

/** One attempt as it was made. */
export interface CellRun {
  readonly attack: string
  readonly configuration: Configuration
  /** Source address, its own for each cell. */
  readonly address: string
  readonly traces: ReadonlySet<string>
  /** True when the oracle saw success. */
  readonly succeeded: boolean
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** What went wrong in the proof itself, if anything did. */
  readonly error?: string
}

/** A judged cell: what the document holds, and what a reader may want to know besides. */
export interface JudgedCell extends ProofCell {
  /** The attack failed, and no layer of the configuration said that it stopped it. */
  readonly unexplained: boolean
  readonly reasons: readonly string[]
}

/** The events that belong to a cell: they carry its address or one of its traces. */
export function eventsOf(run: CellRun, events: readonly JudgingEvent[]): readonly JudgingEvent[] {
  return events.filter(
    (event) => event.address === run.address || event.traces.some((id) => run.traces.has(id)),
  )
}

function isOn(event: JudgingEvent, configuration: Configuration): boolean {
  return event.column === 'backbone' || configuration.layers.some((layer) => layer === event.column)
}

/**
 * The events that count. Layers that are off here may still see the traffic, because the bed is one: what they
 * noticed does not count. When one of them even refused something, nobody gets credit: others may have learned of
 * the attack from that refusal only.
 */
function counting(run: CellRun, events: readonly JudgingEvent[]): readonly JudgingEvent[] {
  const { configuration } = run
  if (configuration.layers.length === 0) return []
  const own = eventsOf(run, events)
  const isTainted = own.some((event) => event.verdict === 'stopped' && !isOn(event, configuration))
  return isTainted ? [] : own.filter((event) => isOn(event, configuration))
}

/**
 * Judges one cell. Nothing counts as stopped or detected without an event that carries the cell's address or
 * trace: an attack that fails for no stated reason is missed, and marked `unexplained`. The backbone counts in
 * every configuration but `none`, and only as a detector.
 */
export function judgeCell(run: CellRun, events: readonly JudgingEvent[]): JudgedCell {
  const own = counting(run, events)
  const reasons = [...new Set(own.map((event) => `${event.column}: ${event.reason}`))]
  const stops = run.succeeded ? [] : own.filter((event) => event.verdict === 'stopped')
  // Whoever stopped it stands first; layers that only noticed it stand behind and count for the depth too.
  const layers: readonly ProofColumn[] = [...new Set([...stops, ...own].map((event) => event.column))]
  const base = { layers, reasons, unexplained: !run.succeeded && stops.length === 0 }
  if (stops.length > 0) return { ...base, outcome: 'stopped' }
  if (own.length === 0) return { ...base, outcome: 'missed' }
  const first = Math.min(...own.map((event) => event.at))
  const seconds = Math.max(0, Math.round((first - run.startedAt) / 100) / 10)
  return {
    ...base,
    outcome: 'detected',
    ...(Number.isFinite(seconds) ? { secondsToDetection: seconds } : {}),
  }
}
