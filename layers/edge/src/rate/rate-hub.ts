import { GcraTable } from './gcra-table.ts'
import type { GuardQuestion, GuardTold } from './rate-message.ts'

/** Exact counters of one edge: logins and solved challenges, not every request. */
const slots = 131_072

/** The primary's side of the counters. */
export class RateHub {
  private readonly table = new GcraTable(slots)
  private readonly monotonicMs: () => number

  constructor(monotonicMs: () => number) {
    this.monotonicMs = monotonicMs
  }

  /** Charges a counter for a worker. */
  answer(question: GuardQuestion): GuardTold {
    const waitMs = this.table.charge(question, question, this.monotonicMs())
    return { type: 'guard-told', id: question.id, waitMs }
  }
}
