import { chainSeed } from '@sevenfold/event'
import type { Lane, Loss } from '@sevenfold/event'
import { createLaneTrack, passBoundary } from './lane-track.ts'
import type { LaneTrack } from './lane-track.ts'
import { mayWriteAs } from '../keys/registry.ts'
import type { Lease } from './leases.ts'
import type { LanePosition } from './receiver-types.ts'

/** Writers that one key may name. */
export const maxAgentsPerPrefix = 256
/** Epochs remembered per writer; older ones are forgotten. */
export const maxEpochsPerAgent = 16
/** Declared losses remembered per writer. */
export const maxLossesPerAgent = 256

/** One epoch of a writer. */
export interface EpochTrack {
  readonly id: string
  readonly lanes: Readonly<Record<Lane, LaneTrack>>
  /** Started with its epoch event, or was adopted at first contact. */
  announced: boolean
}

/** A gap in `high` that waits for its declaration, which can only follow it. */
export interface OpenGap {
  readonly epoch: string
  readonly lane: Lane
  readonly first: number
  readonly last: number
  /** Monotonic time since when it waits. */
  readonly sinceMs: number
}

/** One writer as a receiver knows it. */
export interface AgentTrack {
  readonly id: string
  /** Oldest first. */
  readonly epochs: Map<string, EpochTrack>
  readonly losses: Pick<Loss, 'lane' | 'first' | 'last'>[]
  gaps: OpenGap[]
  boot: number
  /** Nonce that the next heartbeat must carry; empty before the first. */
  nonce: string
  readonly usedNonces: Set<string>
  lastHeartbeatAt: number
  /** Who may speak for a writer of another host. */
  lease?: Lease
}

/** All writers of a receiver. */
export interface Agents {
  get(id: string): AgentTrack | undefined
  /** Undefined when the key (its prefix) names too many writers already. */
  getOrCreate(id: string, prefix: string): AgentTrack | undefined
  all(): Iterable<AgentTrack>
}

/** An empty table. */
export function createAgents(): Agents {
  const table = new Map<string, AgentTrack>()
  return {
    get: (id) => table.get(id),
    getOrCreate: (id, prefix) => {
      const known = table.get(id)
      if (known !== undefined) return known
      const siblings = [...table.keys()].filter((other) => mayWriteAs({ agentPrefix: prefix }, other)).length
      if (siblings >= maxAgentsPerPrefix) return undefined
      const agent: AgentTrack = {
        id,
        epochs: new Map(),
        losses: [],
        gaps: [],
        boot: 0,
        nonce: '',
        usedNonces: new Set(),
        lastHeartbeatAt: 0,
      }
      table.set(id, agent)
      return agent
    },
    all: () => table.values(),
  }
}

/** The epoch of a writer, made when it is new. */
export function epochOf(agent: AgentTrack, id: string): EpochTrack {
  const known = agent.epochs.get(id)
  if (known !== undefined) return known
  const lane = (name: Lane): LaneTrack =>
    createLaneTrack(name, Buffer.from(chainSeed(agent.id, id, name)).toString('hex'))
  const epoch: EpochTrack = { id, lanes: { high: lane('high'), low: lane('low') }, announced: false }
  agent.epochs.set(id, epoch)
  for (const oldest of agent.epochs.keys()) {
    if (agent.epochs.size <= maxEpochsPerAgent) break
    agent.epochs.delete(oldest)
  }
  return epoch
}

/** Remembers a declared loss. */
export function rememberLoss(agent: AgentTrack, loss: Pick<Loss, 'lane' | 'first' | 'last'>): void {
  agent.losses.push({ lane: loss.lane, first: loss.first, last: loss.last })
  if (agent.losses.length > maxLossesPerAgent) agent.losses.shift()
}

/** True when declared losses cover every sequence from `first` to `last`. */
export function isDeclared(agent: AgentTrack, lane: Lane, range: { first: number; last: number }): boolean {
  let next = range.first
  const ranges = agent.losses.filter((loss) => loss.lane === lane).toSorted((a, b) => a.first - b.first)
  for (const loss of ranges) if (loss.first <= next && loss.last >= next) next = loss.last + 1
  return next > range.last
}

/** Moves a lane to a stored position if that is further on. */
export function restorePosition(agents: Agents, position: LanePosition): void {
  const agent = agents.getOrCreate(position.agent, position.agent)
  if (agent === undefined) return
  const epoch = epochOf(agent, position.epoch)
  epoch.announced = true
  const track = epoch.lanes[position.lane]
  if (position.sequence <= track.sequence) return
  passBoundary(track, position.sequence, position.hash)
  track.completeFrom = position.sequence // a stored position does not tell the block ends before it
}
