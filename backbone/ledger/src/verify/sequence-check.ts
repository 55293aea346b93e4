import { isJsonObject } from '@sevenfold/event'
import { identityOfLine } from '../state/line-identity.ts'
import type { LineIdentity } from '../state/line-identity.ts'
import type { LedgerProblem } from './ledger-problem.ts'

interface Gap {
  readonly entry: number
  readonly first: number
  readonly last: number
}

/** Most undeclared gaps that wait for their declaration. */
const maxOpenGaps = 10_000

/**
 * Checks that each writer's sequences grow by one. A gap is fine when an event of the same agent and epoch declares
 * the loss (`sevenfold.loss`); declarations may come before or after the gap, since lanes travel apart.
 */
export class SequenceCheck {
  readonly #last = new Map<string, number>()
  readonly #declared = new Map<string, { first: number; last: number }[]>()
  readonly #report: (problem: LedgerProblem) => void
  #open: (Gap & { key: string })[] = []

  constructor(report: (problem: LedgerProblem) => void) {
    this.#report = report
  }

  /** Takes the next entry. */
  take(entry: number, bytes: Uint8Array): void {
    const identity = identityOfLine(bytes)
    if (identity === undefined) {
      this.#report({ code: 'entry-unreadable', entry, message: `entry ${entry} is no event` })
      return
    }
    if (identity.lane === 'high') this.#noteLoss(identity, bytes)
    const key = keyOf(identity, identity.lane)
    const last = this.#last.get(key)
    if (last !== undefined && identity.sequence <= last) {
      const message = `entry ${entry} repeats or reorders sequence ${identity.sequence} of ${key}`
      this.#report({ code: 'sequence-repeated', entry, message })
      return
    }
    this.#last.set(key, identity.sequence)
    // A log may begin in the middle of a lane: retention drops whole segments.
    if (last === undefined || identity.sequence === last + 1) return
    this.#noteGap(key, { entry, first: last + 1, last: identity.sequence - 1 })
  }

  #noteGap(key: string, gap: Gap): void {
    if (this.#isDeclared(key, gap)) return
    if (this.#open.length < maxOpenGaps) this.#open.push({ ...gap, key })
  }

  #isDeclared(key: string, gap: Gap): boolean {
    const losses = this.#declared.get(key) ?? []
    return losses.some((loss) => loss.first <= gap.first && loss.last >= gap.last)
  }

  #noteLoss(identity: LineIdentity, bytes: Uint8Array): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    // Most lines declare nothing; parsing them twice would double the cost of a verification.
    if (!text.includes('"loss"')) return
    const value: unknown = JSON.parse(text.toString('utf8'))
    const sevenfold = isJsonObject(value) ? value['sevenfold'] : undefined
    const loss = isJsonObject(sevenfold) ? sevenfold['loss'] : undefined
    if (!isJsonObject(loss)) return
    const { lane, first, last } = loss
    if ((lane !== 'high' && lane !== 'low') || typeof first !== 'number' || typeof last !== 'number') return
    const key = keyOf(identity, lane)
    const losses = this.#declared.get(key) ?? []
    losses.push({ first, last })
    this.#declared.set(key, losses)
  }

  /** Reports gaps that nothing declared. */
  finish(): void {
    for (const gap of this.#open) {
      if (this.#isDeclared(gap.key, gap)) continue
      const message = `sequences ${gap.first} to ${gap.last} of ${gap.key} are missing and not declared lost`
      this.#report({ code: 'sequence-gap', entry: gap.entry, message })
    }
    this.#open = []
  }
}

function keyOf(identity: LineIdentity, lane: string): string {
  return `${identity.agent} ${identity.epoch} ${lane}`
}
