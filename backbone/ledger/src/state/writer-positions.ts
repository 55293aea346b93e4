import type { Lane } from '@sevenfold/event'
import { LedgerError } from '../ledger-error.ts'

/** One lane of one epoch of one agent. */
export interface WriterLane {
  readonly agent: string
  readonly epoch: string
  readonly lane: Lane
}

/** Where a writer's lane stands in the log. */
export interface WriterPosition extends WriterLane {
  /** Last sequence in the log. */
  readonly sequence: number
  /** Chain hash after it, lower-case hex; empty while unknown. */
  readonly hash: string
}

/** Plain form of a position: key, sequence, hash. */
export type WriterEntry = readonly [key: string, sequence: number, hash: string]

/** Most (agent, epoch, lane) whose positions are kept; more means that someone invents epochs. */
export const maxWriterLanes = 100_000

/** Last sequence in the log for each (agent, epoch, lane): what makes a repeated batch harmless. */
export class WriterPositions {
  readonly #last: Map<string, { readonly sequence: number; readonly hash: string }>

  constructor(entries: Iterable<WriterEntry> = []) {
    this.#last = new Map()
    for (const [key, sequence, hash] of entries) this.#last.set(key, { sequence, hash })
  }

  /** Last sequence in the log; 0 for a writer that it does not know. */
  get(writer: WriterLane): number {
    return this.#last.get(keyOf(writer))?.sequence ?? 0
  }

  /** Moves a position forward, never back. Throws `LEDGER_TOO_MANY_WRITERS`. */
  advance(position: WriterPosition): void {
    if (!this.accepts(position)) {
      throw new LedgerError('LEDGER_TOO_MANY_WRITERS', `more than ${maxWriterLanes} writers and epochs`, {
        hint: 'find the agent that makes new epochs, and revoke its key',
      })
    }
    const { sequence, hash } = position
    if (sequence > this.get(position)) this.#last.set(keyOf(position), { sequence, hash })
  }

  /** True when `advance` would accept this writer. */
  accepts(writer: WriterLane): boolean {
    return this.#last.size < maxWriterLanes || this.#last.has(keyOf(writer))
  }

  /** Plain form for the snapshot. */
  entries(): WriterEntry[] {
    return Array.from(this.#last, ([key, { sequence, hash }]) => [key, sequence, hash] as const)
  }

  /** Every position. */
  all(): WriterPosition[] {
    return this.entries().map(([key, sequence, hash]) => {
      const [agent = '', epoch = '', lane] = key.split(' ')
      return { agent, epoch, lane: lane === 'high' ? 'high' : 'low', sequence, hash }
    })
  }
}

// Agents and epochs hold no spaces (batch headers and registry allow none), so that the key reads back.
function keyOf(writer: WriterLane): string {
  return `${writer.agent} ${writer.epoch} ${writer.lane}`
}
