import type { HeartbeatBody } from '@sevenfold/event'
import {
  CanaryWatch,
  CheckpointWatch,
  ExpiryWatch,
  HeartbeatWatch,
  OwedWatch,
  PathWatch,
  readCheckpointHead,
} from '@sevenfold/silence'
import type { HeartbeatState } from '@sevenfold/silence'
import { Arrivals } from './arrivals.ts'
import { TrafficCheck } from './traffic-check.ts'
import type { SilenceFinding } from './finding.ts'

/** When silence becomes a finding, in milliseconds. */
export interface HouseLimits {
  readonly suspectAfterMs: number
  readonly darkAfterMs: number
  readonly pathPatienceMs: number
  readonly canaryAgeMs: number
  /** Requests a minute that reach applications past the edge in normal operation. */
  readonly directRequests?: number
}

/** How a heartbeat came. */
export type BeatPath = 'ledger' | 'probe'

/** Most writers that are watched. */
export const maxWatchedAgents = 500
/** Parts that must have had a canary by this long after their first beat. */
const firstCanaryMs = 300_000
const canaryParts: ReadonlySet<string> = new Set(['edge', 'runtime'])
const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`

interface Known {
  readonly firstMs: number
  /** Time that the newest statement names: older ones arrive late and say nothing new. */
  statedMs: number
  lastProbeMs: number
}

/** Counters of what a part does, as opposed to what it writes and sends. */
function counted(counters: Readonly<Record<string, number>>): number {
  let sum = 0
  for (const [name, value] of Object.entries(counters))
    if (!/^sevenfold_(?:spool|ship|heartbeat|receive|peer)/.test(name)) sum += value
  return sum
}

const partOf = (agent: string): string => agent.split('/', 1)[0] ?? agent

/** The silence of the whole house: heartbeats, log paths, canaries, ends that are near, counters and checkpoints. */
export class HouseWatch {
  readonly #beats: HeartbeatWatch
  readonly #intervalMs: number
  readonly #paths: PathWatch
  readonly #canaries: CanaryWatch
  readonly #expiries = new ExpiryWatch()
  readonly #traffic: TrafficCheck
  readonly #owed: OwedWatch
  readonly #checkpoints = new CheckpointWatch()
  readonly #agents = new Map<string, Known>()
  /** Answers that each part counted of each other. */
  readonly #reached = new Map<string, number>()
  readonly arrivals: Arrivals = new Arrivals()
  #moments: SilenceFinding[] = []

  constructor(limits: HouseLimits) {
    const { suspectAfterMs, darkAfterMs } = limits
    // A probe must not speak for a part longer than its silence is borne.
    const probeHoldsMs = Math.round(darkAfterMs * 0.7)
    this.#intervalMs = Math.round(darkAfterMs / 4.2)
    this.#beats = new HeartbeatWatch({
      intervalMs: this.#intervalMs,
      suspectAfterMs,
      darkAfterMs,
      probeHoldsMs,
    })
    this.#paths = new PathWatch(limits.pathPatienceMs)
    this.#owed = new OwedWatch(limits.pathPatienceMs)
    this.#canaries = new CanaryWatch(limits.canaryAgeMs)
    this.#traffic = new TrafficCheck(limits.directRequests ?? 0)
  }

  /** Writers that are watched. */
  agents(): readonly string[] {
    return [...this.#agents.keys()]
  }

  /** Somebody is expected to beat from now on. */
  expect(agent: string, nowMs: number): void {
    if (this.#agents.has(agent) || this.#agents.size >= maxWatchedAgents) return
    this.#agents.set(agent, { firstMs: nowMs, statedMs: 0, lastProbeMs: Number.NEGATIVE_INFINITY })
    this.#beats.beat(agent, nowMs)
  }

  /** Planned end of a writer. */
  forget(agent: string): void {
    this.#agents.delete(agent)
    this.#beats.forget(agent)
    this.#paths.forget(agent)
    this.#owed.forget(agent)
    this.#traffic.forget(agent)
  }

  /** A verified heartbeat. `beatMs` is when it counts as come. */
  beat(body: HeartbeatBody, path: BeatPath, beatMs: number): void {
    const { agent } = body
    this.expect(agent, beatMs)
    const known = this.#agents.get(agent)
    if (known === undefined) return
    if (path === 'ledger') this.#beats.beat(agent, beatMs)
    else {
      this.#beats.probed(agent, beatMs)
      known.lastProbeMs = beatMs
    }
    const statedMs = Date.parse(body.time)
    if (statedMs <= known.statedMs) return
    known.statedMs = statedMs
    this.#takeStatement(body, beatMs)
  }

  #takeStatement(body: HeartbeatBody, nowMs: number): void {
    const { agent, epoch, boot, lanes, canary } = body
    const arrived = this.arrivals.of(agent, epoch)
    const written = lanes.high.sequence + lanes.low.sequence
    // Of an epoch that is older than our memory nothing can be said until its next event comes.
    if (arrived !== undefined || boot > 0)
      this.#paths.observe(
        { agent, epoch, boot, written, counted: counted(body.counters) },
        arrived ?? 0,
        nowMs,
      )
    if (canary !== undefined)
      this.#canaries.observe(partOf(agent), { ok: canary.ok, timeMs: Date.parse(canary.time) })
    for (const near of this.#expiries.observe(agent, { ...body.expiry }, nowMs)) {
      const message = `${near.what} of ${agent} expire on ${new Date(near.untilMs).toISOString()}`
      this.#moments.push({
        kind: 'expiry',
        part: partOf(agent),
        agent,
        message,
        sinceMs: nowMs,
        days: near.days,
      })
    }
    this.#takeCounters(body, nowMs)
    this.#takePeers(body, nowMs)
    if (body.checkpoint !== undefined) this.takeCheckpoint(body.checkpoint, { witness: agent, nowMs })
  }

  #takeCounters(body: HeartbeatBody, nowMs: number): void {
    const { agent, boot, counters, time } = body
    this.#traffic.take(agent, { boot, counters, timeMs: Math.min(nowMs, Date.parse(time)) })
    const refused = counters['sevenfold_edge_blocked_total']
    if (refused !== undefined) this.#owed.counted(agent, { boot, value: refused, timeMs: nowMs })
  }

  /** A refused request of an edge process arrived; a folded event stands for `count`. */
  refusal(agent: string, count: number): void {
    this.#owed.arrived(agent, count)
  }

  /** Others say whom they reached: their word keeps a part from being taken for dead when only our way to it is cut. */
  #takePeers({ agent, boot, counters }: HeartbeatBody, nowMs: number): void {
    for (const [name, value] of Object.entries(counters)) {
      const [, peer] = /^sevenfold_peer_([a-z]+)_total$/.exec(name) ?? []
      if (peer === undefined) continue
      const key = `${agent} ${String(boot)} ${peer}`
      const before = this.#reached.get(key)
      this.#reached.set(key, value)
      // It was reached at some moment since the statement before.
      if (before !== undefined && value > before) this.#beats.probed(`${peer}/main`, nowMs - this.#intervalMs)
    }
    if (this.#reached.size > maxWatchedAgents * 16) this.#reached.clear()
  }

  /** A checkpoint of a witness, or, without one, what the ledger itself shows now. True when history went back. */
  takeCheckpoint(note: string, { witness, nowMs }: { witness?: string; nowMs: number }): boolean {
    const head = readCheckpointHead(note)
    if (head === undefined) return false
    const problem = this.#checkpoints.observe(head, witness ?? 'ledger', witness === undefined)
    if (problem === null) return false
    const about = { part: 'ledger', sinceMs: nowMs }
    if (problem.kind === 'fork') {
      const message = `the checkpoint of size ${problem.size} that ${problem.witness} shows has another root than before`
      this.#moments.push({ kind: 'fork', message, ...about })
      return false
    }
    const message = `the ledger shows ${problem.shown} entries, and ${problem.witness} has seen ${problem.seen}`
    this.#moments.push({ kind: 'rollback', message, ...about })
    this.#checkpoints.accept(head)
    return true
  }

  /** Everything that is wrong now. Moments are given out once. `isBehind`: the ledger was not read to its end. */
  findings(nowMs: number, isBehind: boolean): readonly SilenceFinding[] {
    const found = [...this.#moments]
    this.#moments = []
    const missing = this.#missing(nowMs, isBehind)
    const dark = new Set(missing.filter(({ kind }) => kind === 'dark').map(({ agent }) => agent))
    const owed = isBehind ? [] : [...this.#pathFindings(), ...this.#owedFindings()]
    // The dead owe nothing more; what was rewritten before their death stays.
    const paths = owed.filter(({ kind, agent }) => kind === 'rewound' || !dark.has(agent))
    return [
      ...found,
      ...this.#withoutConsequences(missing, paths),
      ...this.#canaryFindings(nowMs),
      ...this.#traffic.findings(nowMs),
    ]
  }

  #missing(nowMs: number, isBehind: boolean): readonly SilenceFinding[] {
    return this.#beats.missing(nowMs).flatMap(({ agent, state }): SilenceFinding[] => {
      if (state.kind === 'alive' || state.kind === 'suspect') return []
      const { lastProbeMs } = this.#agents.get(agent) ?? { lastProbeMs: Number.NEGATIVE_INFINITY }
      // Who only speaks through the ledger is not silent while we have not read what it says.
      if (isBehind && lastProbeMs === Number.NEGATIVE_INFINITY) return []
      return [missingFinding(agent, state, nowMs)]
    })
  }

  #owedFindings(): readonly SilenceFinding[] {
    return this.agents().flatMap((agent): SilenceFinding[] => {
      const owed = this.#owed.owed(agent)
      if (owed === null) return []
      const message = `${agent} refused ${owed.counted} requests and told of ${owed.seen}`
      return [{ kind: 'muted', part: partOf(agent), agent, message, sinceMs: owed.sinceMs }]
    })
  }

  #pathFindings(): readonly SilenceFinding[] {
    return this.agents().flatMap((agent) =>
      this.#paths.problems(agent).map((problem): SilenceFinding => {
        const about = { part: partOf(agent), agent, sinceMs: problem.sinceMs }
        switch (problem.kind) {
          case 'stalled':
            return {
              kind: 'stalled',
              message: `${agent} wrote ${problem.missing} events that did not arrive`,
              ...about,
            }
          case 'muted':
            return {
              kind: 'muted',
              message: `${agent} lives and writes nothing; it counted ${problem.counted} acts since`,
              ...about,
            }
          case 'rewound':
            return { kind: 'rewound', message: `counters or sequences of ${agent} went back`, ...about }
        }
      }),
    )
  }

  /** While the ledger takes nothing, nobody's events arrive: that is one finding about the ledger, not one for each. */
  #withoutConsequences(
    missing: readonly SilenceFinding[],
    paths: readonly SilenceFinding[],
  ): readonly SilenceFinding[] {
    const waiting = new Set(
      [
        ...missing.filter(({ kind }) => kind === 'unreachable'),
        ...paths.filter(({ kind }) => kind === 'stalled'),
      ].map(({ part }) => part),
    )
    const isLedgerDark = missing.some(({ kind, part }) => kind === 'dark' && part === 'ledger')
    const others = [...waiting].filter((part) => part !== 'ledger').length
    const rest = [...missing, ...paths].filter(({ kind }) => kind !== 'unreachable' && kind !== 'stalled')
    if (isLedgerDark) return rest
    if (others < 2 || others < this.#parts().length / 2) return onePerAgent(missing, paths)
    const message = `nothing arrives in the ledger: ${others} parts wait with their events`
    const sinceMs = Math.min(...[...missing, ...paths].map((finding) => finding.sinceMs))
    return [...rest, { kind: 'unreachable', part: 'ledger', message, sinceMs }]
  }

  #parts(): readonly string[] {
    return [...new Set(this.agents().map(partOf))].filter((part) => part !== 'ledger')
  }

  #canaryFindings(nowMs: number): readonly SilenceFinding[] {
    const silent = this.agents().filter((agent) => {
      const known = this.#agents.get(agent)
      return known !== undefined && canaryParts.has(partOf(agent)) && nowMs - known.firstMs > firstCanaryMs
    })
    const never = [...new Set(silent.map(partOf))].filter((part) => !this.#canaries.parts().includes(part))
    return [
      ...this.#canaries.parts().flatMap((part): SilenceFinding[] => {
        const problem = this.#canaries.problem(part, nowMs)
        if (problem === null) return []
        const what =
          problem.kind === 'passed'
            ? 'let the last test attack through'
            : `had no test attack for ${seconds(nowMs - problem.sinceMs)}`
        return [{ kind: 'canary', part, message: `${part} ${what}`, sinceMs: problem.sinceMs }]
      }),
      ...never.map((part): SilenceFinding => {
        return { kind: 'canary', part, message: `${part} never had a test attack`, sinceMs: nowMs }
      }),
    ]
  }

  /** What a restart needs. */
  dump(): HouseDump {
    return {
      agents: this.agents(),
      arrivals: this.arrivals.dump(),
      expiries: this.#expiries.dump(),
      ...(this.#checkpoints.newest === undefined ? {} : { checkpoint: this.#checkpoints.newest }),
    }
  }

  /** Takes what `dump` gave; writers of `expected` must beat again within the usual time. */
  restore(dump: HouseDump, expected: readonly string[], nowMs: number): void {
    this.arrivals.restore(dump.arrivals)
    this.#expiries.restore(dump.expiries)
    const { checkpoint } = dump
    if (checkpoint !== undefined) this.#checkpoints.observe(checkpoint, 'alerts', false)
    for (const agent of expected) this.expect(agent, nowMs)
  }
}

/** What is kept over a restart. */
export interface HouseDump {
  readonly agents: readonly string[]
  readonly arrivals: readonly (readonly [string, number, number])[]
  readonly expiries: readonly string[]
  readonly checkpoint?: {
    readonly origin: string
    readonly size: number
    readonly root: string
    readonly witness?: string
  }
}

function missingFinding(
  agent: string,
  state: Exclude<HeartbeatState, { kind: 'alive' | 'suspect' }>,
  nowMs: number,
): SilenceFinding {
  const silence = seconds(nowMs - state.sinceMs)
  const message =
    state.kind === 'dark'
      ? `no heartbeat of ${agent} for ${silence}, and nobody reaches it`
      : `no heartbeat of ${agent} arrived for ${silence}, but it answers when it is asked`
  return { kind: state.kind, part: partOf(agent), agent, message, sinceMs: state.sinceMs }
}

/** A writer whose path is known to be broken is not also unreachable: the path says more. */
function onePerAgent(
  missing: readonly SilenceFinding[],
  paths: readonly SilenceFinding[],
): readonly SilenceFinding[] {
  const explained = new Set(paths.map(({ agent }) => agent))
  return [...missing.filter(({ kind, agent }) => kind === 'dark' || !explained.has(agent)), ...paths]
}
