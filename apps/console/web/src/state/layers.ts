/** What the collector knows of one writing process. */
export interface AgentStatus {
  readonly agent: string
  readonly mode?: string
  readonly sites?: Readonly<Record<string, string>>
  readonly lastHeartbeat?: string
  readonly canary?: { readonly ok: boolean; readonly time: string }
  readonly eventsPerMinute?: number
}

/** What the collector knows of one part. */
export interface PartStatus {
  readonly part: string
  readonly agents: readonly AgentStatus[]
}

/** The seven layers in their order, with what a newcomer needs to know of each. */
export const layers: readonly { readonly name: string; readonly does: string }[] = [
  { name: 'edge', does: 'judges each request before the app sees it' },
  { name: 'runtime', does: 'stops injection inside the app' },
  { name: 'network', does: 'filters names, watches what leaves' },
  { name: 'detection', does: 'turns behaviour into bans' },
  { name: 'patch', does: 'knows what is vulnerable' },
  { name: 'identity', does: 'decides who may call whom' },
  { name: 'immutable', does: 'finds and heals drift' },
]

/** A heartbeat older than this is a layer going dark. */
const darkAfterMs = 45_000
/** A canary older than this counts as failed. */
const canaryAfterMs = 150_000

/** What a card shows of a layer. */
export interface LayerCard {
  readonly state: 'absent' | 'dark' | 'toothless' | 'off' | 'monitor' | 'enforce'
  readonly lastHeartbeat: string | undefined
  readonly canary: { readonly ok: boolean; readonly time: string } | undefined
  readonly eventsPerMinute: number
  readonly processes: number
}

function newest(times: readonly (string | undefined)[]): string | undefined {
  return times
    .filter((time) => time !== undefined)
    .toSorted()
    .at(-1)
}

function worstMode(agents: readonly AgentStatus[]): 'off' | 'monitor' | 'enforce' {
  const modes = agents.flatMap(({ mode, sites }) => [mode, ...Object.values(sites ?? {})])
  if (modes.includes('off')) return 'off'
  return modes.includes('monitor') ? 'monitor' : 'enforce'
}

/** Sums up the processes of a layer; the worst of them decides. */
export function cardOf(part: PartStatus | undefined, now: number): LayerCard {
  const agents = part?.agents ?? []
  const lastHeartbeat = newest(agents.map((agent) => agent.lastHeartbeat))
  const canaries = agents.flatMap((agent) => (agent.canary === undefined ? [] : [agent.canary]))
  const canary =
    canaries.find((result) => !result.ok) ?? canaries.toSorted((a, b) => (a.time < b.time ? -1 : 1)).at(-1)
  const numbers = {
    lastHeartbeat,
    canary,
    processes: agents.length,
    eventsPerMinute: agents.reduce((sum, agent) => sum + (agent.eventsPerMinute ?? 0), 0),
  }
  if (lastHeartbeat === undefined) return { ...numbers, state: 'absent' }
  if (now - Date.parse(lastHeartbeat) > darkAfterMs) return { ...numbers, state: 'dark' }
  const isToothless = canary !== undefined && (!canary.ok || now - Date.parse(canary.time) > canaryAfterMs)
  return { ...numbers, state: isToothless ? 'toothless' : worstMode(agents) }
}

/** What a state means, in words: colour alone says nothing to some people. */
export const stateWords: Readonly<Record<LayerCard['state'], string>> = {
  absent: 'not installed',
  dark: 'gone dark',
  toothless: 'alive but toothless',
  off: 'off',
  monitor: 'monitor',
  enforce: 'enforce',
}
