import type { ExactCounters } from './rate-limiter.ts'
import type { Allowance } from './gcra-table.ts'
import type { RateKey } from './rate-key.ts'
import type { GuardQuestion, GuardTold } from './rate-message.ts'

/** Time that the primary gets to answer; then the worker decides by its own counter. */
export const exactTimeoutMs = 250
/** Most questions that wait for an answer; more are decided by the worker itself. */
export const maxQuestions = 10_000

interface Waiting {
  readonly told: (waitMs: number) => void
  readonly deadline: number
}

/** Counters in the primary, seen from a worker. */
export class PrimaryCounters implements ExactCounters {
  private readonly send: (question: GuardQuestion) => void
  private readonly monotonicMs: () => number
  private readonly waiting = new Map<number, Waiting>()
  private next = 1

  constructor(send: (question: GuardQuestion) => void, monotonicMs: () => number) {
    this.send = send
    this.monotonicMs = monotonicMs
  }

  charge(key: RateKey, { emissionMs, windowMs }: Allowance, told: (waitMs: number) => void): void {
    if (this.waiting.size >= maxQuestions) {
      told(-1)
      return
    }
    const id = this.next
    this.next = (this.next % 0x7fff_ffff) + 1
    this.waiting.set(id, { told, deadline: this.monotonicMs() + exactTimeoutMs })
    const { hi, lo, owner } = key
    this.send({ type: 'guard-ask', id, hi, lo, owner, emissionMs, windowMs })
  }

  /** Takes an answer. */
  take({ id, waitMs }: GuardTold): void {
    const question = this.waiting.get(id)
    this.waiting.delete(id)
    question?.told(waitMs)
  }

  /** Gives up on questions whose time is over; called every few milliseconds. */
  sweep(): void {
    const now = this.monotonicMs()
    for (const [id, { told, deadline }] of this.waiting) {
      // In the order of their asking: the first that may wait ends the walk.
      if (deadline > now) return
      this.waiting.delete(id)
      told(-1)
    }
  }
}
