import { isJsonObject } from '@sevenfold/event'
import type { CanaryResult } from '@sevenfold/event'

/** What is known of one writing process. */
export interface AgentStatus {
  readonly agent: string
  readonly mode?: string
  /** Modes of sites that differ. */
  readonly sites?: Readonly<Record<string, string>>
  /** ISO 8601 UTC. */
  readonly lastHeartbeat?: string
  readonly canary?: CanaryResult
  /** Events of the last 60 s, heartbeats left out. */
  readonly eventsPerMinute: number
}

/** What is known of one part. */
export interface PartStatus {
  readonly part: string
  readonly agents: readonly AgentStatus[]
}

/** Most writers remembered. */
export const maxAgents = 1_000
const slotMs = 10_000
const slots = 6

interface Known {
  mode?: string
  sites?: Readonly<Record<string, string>>
  lastHeartbeat?: string
  canary?: CanaryResult
  /** Events by slot of 10 s. */
  readonly counts: Map<number, number>
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function readCanary(value: unknown): CanaryResult | undefined {
  if (!isJsonObject(value) || typeof value['ok'] !== 'boolean' || typeof value['time'] !== 'string')
    return undefined
  const attack = text(value['attack'])
  return { ok: value['ok'], time: value['time'], ...(attack === '' ? {} : { attack }) }
}

function readSites(value: unknown): Readonly<Record<string, string>> | undefined {
  if (!isJsonObject(value)) return undefined
  return Object.fromEntries(
    Object.entries(value).flatMap(([site, mode]) => (typeof mode === 'string' ? [[site, mode]] : [])),
  )
}

/** The state of every part as its own events tell it: mode, last heartbeat, canary, rate. */
export class PartStatusBook {
  readonly #agents = new Map<string, Known>()

  /** Takes an event of the log. */
  take(event: unknown): void {
    if (!isJsonObject(event)) return
    const { agent, sevenfold } = event
    const id = isJsonObject(agent) ? text(agent['id']) : ''
    if (id === '' || !isJsonObject(sevenfold)) return
    const known = this.#known(id)
    if (known === undefined) return
    const time = text(event['@timestamp'])
    if (sevenfold['kind'] === 'heartbeat') this.#takeHeartbeat(known, sevenfold['heartbeat'], time)
    else this.#count(known, Date.parse(time))
  }

  #known(id: string): Known | undefined {
    let known = this.#agents.get(id)
    if (known === undefined && this.#agents.size < maxAgents) {
      known = { counts: new Map() }
      this.#agents.set(id, known)
    }
    return known
  }

  #takeHeartbeat(known: Known, heartbeat: unknown, time: string): void {
    if (!isJsonObject(heartbeat) || time < (known.lastHeartbeat ?? '')) return
    known.lastHeartbeat = time
    known.mode = text(heartbeat['mode'])
    const canary = readCanary(heartbeat['canary'])
    if (canary !== undefined) known.canary = canary
    const sites = readSites(heartbeat['sites'])
    if (sites === undefined) delete known.sites
    else known.sites = sites
  }

  #count(known: Known, timeMs: number): void {
    if (Number.isNaN(timeMs)) return
    const slot = Math.floor(timeMs / slotMs)
    known.counts.set(slot, (known.counts.get(slot) ?? 0) + 1)
    if (known.counts.size <= slots * 2) return
    const [oldest] = [...known.counts.keys()].toSorted((a, b) => a - b)
    if (oldest !== undefined) known.counts.delete(oldest)
  }

  /** What is known now, by part. */
  parts(nowMs: number): PartStatus[] {
    const parts = new Map<string, AgentStatus[]>()
    for (const [agent, known] of this.#agents) {
      const part = agent.split('/', 1)[0] ?? agent
      const agents = parts.get(part) ?? []
      agents.push(statusOf(agent, known, nowMs))
      parts.set(part, agents)
    }
    return Array.from(parts, ([part, agents]) => ({ part, agents }))
  }
}

function statusOf(agent: string, known: Known, nowMs: number): AgentStatus {
  const newest = Math.floor(nowMs / slotMs)
  let eventsPerMinute = 0
  for (const [slot, count] of known.counts)
    if (slot > newest - slots && slot <= newest) eventsPerMinute += count
  const { mode, sites, lastHeartbeat, canary } = known
  return {
    agent,
    ...(mode === undefined ? {} : { mode }),
    ...(sites === undefined ? {} : { sites }),
    ...(lastHeartbeat === undefined ? {} : { lastHeartbeat }),
    ...(canary === undefined ? {} : { canary }),
    eventsPerMinute,
  }
}
