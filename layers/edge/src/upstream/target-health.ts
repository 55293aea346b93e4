import type { UpstreamFailureCode } from './upstream-failure.ts'

/** When a service is left alone and when it is tried again. */
export interface HealthRules {
  /** Failures one after the other that open the circuit. */
  readonly failures: number
  /** First time for which it stays open, milliseconds; doubled at each further failure. */
  readonly openForMs: number
  readonly healthyAfter: number
  readonly unhealthyAfter: number
}

/** The circuit of one service is open for at most this many times `openFor`. */
export const longestOpenFactor = 30

// What a client can bring about with one bad request says little of the service; a limit of ours says nothing.
const counted: ReadonlySet<UpstreamFailureCode> = new Set<UpstreamFailureCode>([
  'EDGE_UPSTREAM_CONNECT',
  'EDGE_UPSTREAM_CONNECT_TIMEOUT',
  'EDGE_UPSTREAM_TLS',
  'EDGE_UPSTREAM_CLOSED',
  'EDGE_UPSTREAM_MALFORMED',
  'EDGE_UPSTREAM_TIMEOUT',
])

/**
 * What is known of one service: its circuit breaker (closed, open, half open: one request tries), fed by requests, and
 * the result of active checks. Pure: time comes in.
 */
export class TargetHealth {
  private readonly rules: HealthRules
  private readonly onChange: (up: boolean) => void
  private failuresInRow = 0
  private openUntil = Number.NEGATIVE_INFINITY
  private openForMs: number
  private trying = false
  private checksGood = 0
  private checksBad = 0
  private checkedDown = false

  /** @param onChange the service is left alone from now on, or used again. */
  constructor(rules: HealthRules, onChange: (up: boolean) => void = () => undefined) {
    this.rules = rules
    this.onChange = onChange
    this.openForMs = rules.openForMs
  }

  /** Failures since the last answer. */
  get row(): number {
    return this.failuresInRow
  }

  /** True when nothing is known against it. Hot. */
  get quiet(): boolean {
    return this.failuresInRow === 0 && !this.checkedDown
  }

  /** True when requests may go there now. */
  usable(now: number): boolean {
    if (this.checkedDown) return false
    if (this.failuresInRow < this.rules.failures) return true
    return now >= this.openUntil && !this.trying
  }

  /** True when usable again in a moment, which is the wait in milliseconds; 0 when nobody knows. */
  waitMs(now: number): number {
    return this.checkedDown ? 0 : Math.max(0, this.openUntil - now)
  }

  /** A request goes there: the one that tries while the circuit is half open. */
  chosen(): void {
    if (this.failuresInRow >= this.rules.failures) this.trying = true
  }

  /** It answered; whatever the status, it is there. Hot. */
  answered(): void {
    if (this.failuresInRow === 0) return
    if (this.failuresInRow >= this.rules.failures) this.onChange(true)
    this.failuresInRow = 0
    this.trying = false
    this.openForMs = this.rules.openForMs
  }

  /** A request got no answer. */
  failed(code: UpstreamFailureCode, now: number): void {
    this.trying = false
    if (!counted.has(code)) return
    this.failuresInRow += 1
    if (this.failuresInRow < this.rules.failures) return
    this.openUntil = now + this.openForMs
    this.openForMs = Math.min(this.openForMs * 2, this.rules.openForMs * longestOpenFactor)
    if (this.failuresInRow === this.rules.failures) this.onChange(false)
  }

  /** The request that tried was given up before it told anything. */
  released(): void {
    this.trying = false
  }

  /** Result of an active check. */
  checked(good: boolean): void {
    this.checksGood = good ? this.checksGood + 1 : 0
    this.checksBad = good ? 0 : this.checksBad + 1
    if (this.checkedDown && this.checksGood >= this.rules.healthyAfter) {
      this.checkedDown = false
      this.answered()
      this.onChange(true)
      return
    }
    if (!this.checkedDown && this.checksBad >= this.rules.unhealthyAfter) {
      this.checkedDown = true
      this.onChange(false)
    }
  }
}
