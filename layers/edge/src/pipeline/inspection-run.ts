import type { InspectionPace } from './inspection-pace.ts'
import type { ConnectionInfo, Inspection, Inspector, MatchReport, Verdict } from '@sevenfold/event'

/** How the edge bounds an inspection. */
export interface InspectionBounds {
  /** Most engine steps of one request. */
  readonly inspectionSteps: number
  /** Longest uninterrupted work, milliseconds. */
  readonly inspectionSliceMs: number
  /** Charges the work to the client; without it nobody waits. */
  readonly pace?: InspectionPace
}

/** What ended an inspection without a verdict: it fails closed unless the site says otherwise. */
export interface InspectionFault {
  readonly kind: 'fault'
  readonly reason: 'error' | 'steps'
  readonly detail: string
}

/** What the pipeline acts on: a verdict that is no longer `yield`, or a fault. */
export type Outcome = Exclude<Verdict, { kind: 'yield' }> | InspectionFault

const firstSlice = 5000
const smallestSlice = 500
const largestSlice = 2_000_000

/**
 * One inspection, driven in slices: after each slice other requests get their turn (and a client that causes much work
 * waits), the size of a slice follows the time that the last one took, and the sum of steps is bounded. Whatever the engine throws becomes a fault.
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
    this.client = connection.clientAddress
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
    const before = performance.now()
    const verdict = guarded(() => call(inspection))
    this.settle(verdict, performance.now() - before, done)
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

  private settle(verdict: Verdict | InspectionFault, tookMs: number, done: (outcome: Outcome) => void): void {
    const waitMs = this.bounds.pace?.charge(this.client, tookMs, performance.now()) ?? 0
    if (verdict.kind !== 'yield') {
      done(verdict)
      return
    }
    const goOn = (): void => {
      if (!this.closed) this.resume(done)
    }
    if (waitMs < 1) setImmediate(goOn)
    else setTimeout(goOn, waitMs)
  }

  private resume(done: (outcome: Outcome) => void): void {
    const { inspection } = this
    if (inspection === null) return
    const left = this.bounds.inspectionSteps - this.granted
    if (left <= 0) {
      done({ kind: 'fault', reason: 'steps', detail: `more than ${this.bounds.inspectionSteps} steps` })
      return
    }
    const steps = Math.min(this.slice, left)
    this.granted += steps
    const before = performance.now()
    const verdict = guarded(() => inspection.resume(steps))
    const tookMs = performance.now() - before
    this.adapt(tookMs)
    this.settle(verdict, tookMs, done)
  }

  private adapt(tookMs: number): void {
    if (tookMs > this.bounds.inspectionSliceMs) this.slice = Math.max(smallestSlice, this.slice >> 1)
    else if (tookMs < this.bounds.inspectionSliceMs / 4) this.slice = Math.min(largestSlice, this.slice * 2)
  }
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
