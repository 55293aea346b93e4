/** What an agent says of itself in a heartbeat, as far as the path of its events is concerned. */
export interface PathStatement {
  readonly agent: string
  readonly epoch: string
  /** Last sequences of both lanes together; grows with every heartbeat, which is an event itself. */
  readonly written: number
  /** Things that must leave events, such as refused requests, counted since boot. */
  readonly counted: number
  readonly boot: number
}

/** What is wrong with the path of an agent's events. */
export type PathProblem =
  /** The agent wrote events that did not arrive. */
  | { readonly kind: 'stalled'; readonly sinceMs: number; readonly missing: number }
  /** The agent lives and writes nothing; `counted` is what it did meanwhile. */
  | { readonly kind: 'muted'; readonly sinceMs: number; readonly counted: number }
  /** A counter fell within one boot, or a sequence within one epoch: somebody rewrote history. */
  | { readonly kind: 'rewound'; readonly sinceMs: number }

/** How long a live agent may owe its events, in milliseconds. */
export const pathPatienceMs = 60_000

interface Watched {
  statement: PathStatement
  arrived: number
  observedMs: number
  stalledSinceMs: number | undefined
  mutedSinceMs: number | undefined
  countedAtMute: number
  rewoundAtMs: number | undefined
}

/** Compares what live agents say they did with what arrived: a heartbeat alone does not prove that the log path works. */
export class PathWatch {
  readonly #patienceMs: number
  readonly #agents = new Map<string, Watched>()

  constructor(patienceMs: number = pathPatienceMs) {
    this.#patienceMs = patienceMs
  }

  /** A verified heartbeat. `arrived` is the number of the agent's events on the receiver's disk in this epoch. */
  observe(statement: PathStatement, arrived: number, nowMs: number): void {
    const known = this.#agents.get(statement.agent)
    if (
      known === undefined ||
      known.statement.boot !== statement.boot ||
      known.statement.epoch !== statement.epoch
    ) {
      const isRewound = known !== undefined && statement.boot < known.statement.boot
      this.#agents.set(statement.agent, {
        statement,
        arrived,
        observedMs: nowMs,
        stalledSinceMs: statement.written > arrived ? nowMs : undefined,
        mutedSinceMs: undefined,
        countedAtMute: statement.counted,
        rewoundAtMs: isRewound ? nowMs : undefined,
      })
      return
    }
    const { statement: before } = known
    if (statement.written < before.written || statement.counted < before.counted) known.rewoundAtMs ??= nowMs
    // Every heartbeat is an event of its own: a live agent whose sequences stand still has lost its log path.
    if (statement.written > before.written) {
      known.mutedSinceMs = undefined
      known.countedAtMute = statement.counted
    } else known.mutedSinceMs ??= nowMs
    const isBehind = statement.written > arrived
    // Progress counts: a busy receiver that catches up is late, not stalled.
    if (!isBehind || arrived > known.arrived) known.stalledSinceMs = isBehind ? nowMs : undefined
    else known.stalledSinceMs ??= nowMs
    known.statement = statement
    known.arrived = arrived
    known.observedMs = nowMs
  }

  /** Planned end: nothing is owed. */
  forget(agent: string): void {
    this.#agents.delete(agent)
  }

  /** What is wrong with an agent's path, as of its last statement. */
  problems(agent: string): readonly PathProblem[] {
    const known = this.#agents.get(agent)
    if (known === undefined) return []
    const problems: PathProblem[] = []
    const isOver = (since: number | undefined): since is number =>
      // An agent that says nothing more is dark, which is another matter than a path that is broken.
      since !== undefined && known.observedMs - since >= this.#patienceMs
    if (isOver(known.stalledSinceMs))
      problems.push({
        kind: 'stalled',
        sinceMs: known.stalledSinceMs,
        missing: known.statement.written - known.arrived,
      })
    if (isOver(known.mutedSinceMs))
      problems.push({
        kind: 'muted',
        sinceMs: known.mutedSinceMs,
        counted: known.statement.counted - known.countedAtMute,
      })
    if (known.rewoundAtMs !== undefined) problems.push({ kind: 'rewound', sinceMs: known.rewoundAtMs })
    return problems
  }
}
