import type { ConnectionInfo, Inspection, Inspector, MatchReport, Verdict } from '@sevenfold/event'
import { payer } from './inspection-pace.ts'
import type { InspectionQueue, InspectionSlice } from './inspection-queue.ts'

/** How the edge bounds an inspection. */
export interface InspectionBounds {
  /** Most engine steps of one request. */
  readonly inspectionSteps: number
  /** Longest uninterrupted work, milliseconds. */
  readonly inspectionSliceMs: number
  /** Orders the slices of all clients; without it each goes on as soon as it can. */
  readonly queue?: InspectionQueue
}

/** What ended an inspection without a verdict: it fails closed unless the site says otherwise. */
export interface InspectionFault {
  readonly kind: 'fault'
  readonly reason: 'error' | 'steps'
  readonly detail: string
}

/** What the pipeline acts on: a verdict that is no longer `yield`, or a fault. */
export type Outcome = Exclude<Verdict, { kind: 'yield' }> | InspectionFault

const firstSlice = 3000
const smallestSlice = 500
/** Steps of one kind may cost several times those of another: a slice that grew among cheap ones must not hurt. */
const largestSlice = 5000

/**
 * One inspection, driven in slices: between them other requests get their turn (and the work of a client that causes
 * much of it waits), the size of a slice follows the time that the last one took, and the sum of steps is bounded.
 * Whatever the engine throws becomes a fault.
 */
export class InspectionRun {
  private readonly inspection: Inspection | null
  private readonly bounds: InspectionBounds
  private readonly client: string
  private readonly openFault: InspectionFault | null
  private granted = 0
  private slice: number = firstSlice
  private closed = false

  constructor(inspector: Inspector, connection: ConnectionInfo, bounds: InspectionBounds) {
    this.bounds = bounds
    this.client = payer(connection.clientAddress)
    let inspection: Inspection | null = null
    let openFault: InspectionFault | null = null
    try {
      inspection = inspector.open(connection)
    } catch (error) {
      openFault = faultOf(error)
    }
    this.inspection = inspection
    this.openFault = openFault
  }

  /** Makes one call to the inspection and gives its outcome, at once when the engine needs no further slice. */
  step(call: (inspection: Inspection) => Verdict, done: (outcome: Outcome) => void): void {
    const { inspection } = this
    if (inspection === null) {
      done(this.openFault ?? { kind: 'fault', reason: 'error', detail: 'not open' })
      return
    }
    const { queue } = this.bounds
    if (queue?.isHeavy(this.client) === true) {
      let begun = false
      const slice = (): boolean => {
        if (begun) return this.resume(done)
        begun = true
        return (
          !this.closed &&
          goesOn(
            guarded(() => call(inspection)),
            done,
          )
        )
      }
      queue.add(this.client, slice, true)
      return
    }
    const before = performance.now()
    const verdict = guarded(() => call(inspection))
    // Others may have had the processor meanwhile: the call cannot have worked much longer than a slice.
    const tookMs = Math.min(performance.now() - before, 2 * this.bounds.inspectionSliceMs)
    queue?.charge(this.client, tookMs, verdict.kind === 'yield')
    if (goesOn(verdict, done)) this.later(() => this.resume(done))
  }

  /** What matched so far; null when the engine cannot say. */
  report(): MatchReport | null {
    try {
      return this.inspection?.report() ?? null
    } catch {
      return null // a broken report must not hide the verdict that it belongs to
    }
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    try {
      this.inspection?.close()
    } catch {
      // nothing depends on it any more
    }
  }

  private later(slice: InspectionSlice): void {
    const { queue } = this.bounds
    if (queue !== undefined) queue.add(this.client, slice)
    else setImmediate(() => void (slice() && this.later(slice)))
  }

  /** Goes on for one slice; true when that was not the last one. */
  private resume(done: (outcome: Outcome) => void): boolean {
    const { inspection } = this
    if (inspection === null || this.closed) return false
    const left = this.bounds.inspectionSteps - this.granted
    if (left <= 0) {
      done({ kind: 'fault', reason: 'steps', detail: `more than ${this.bounds.inspectionSteps} steps` })
      return false
    }
    const steps = Math.min(this.slice, left)
    this.granted += steps
    const before = performance.now()
    const verdict = guarded(() => inspection.resume(steps))
    this.adapt(steps, performance.now() - before)
    return goesOn(verdict, done)
  }

  // Half of the bound is aimed at, because the next steps may cost more than the last ones did.
  private adapt(steps: number, tookMs: number): void {
    const aimMs = this.bounds.inspectionSliceMs / 2
    const fit = Math.round((steps * aimMs) / Math.max(tookMs, aimMs / 2))
    this.slice = Math.min(largestSlice, Math.max(smallestSlice, fit))
  }
}

/** True when the engine wants another slice; else its outcome is handed on. */
function goesOn(verdict: Verdict | InspectionFault, done: (outcome: Outcome) => void): boolean {
  if (verdict.kind === 'yield') return true
  done(verdict)
  return false
}

function faultOf(error: unknown): InspectionFault {
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error'
  return { kind: 'fault', reason: 'error', detail: detail.slice(0, 200) }
}

function guarded(call: () => Verdict): Verdict | InspectionFault {
  try {
    return call()
  } catch (error) {
    return faultOf(error)
  }
}
