import type { AgentStatus, PartStatus } from './layers.ts'

/** A host that joined, as the ledger's desk lists it. */
export interface ListedHost {
  readonly host: string
  readonly layer: string
  readonly state: 'enrolled' | 'revoked'
  readonly enrolled?: string
  readonly certificateEnds?: string
  readonly revoked?: string
  readonly reason?: string
}

/** A token that nobody used yet. */
export interface OpenToken {
  readonly host: string
  readonly layer: string
  readonly expires: string
}

/** Answer about hosts; null where none can join. */
export interface HostList {
  readonly hosts: readonly ListedHost[]
  readonly tokens: readonly OpenToken[]
}

/** A host with what the page says of it. */
export interface ShownHost extends ListedHost {
  readonly lastBeat: string | undefined
  readonly word: 'revoked' | 'certificate ended' | 'never heard of' | 'gone dark' | 'ends soon' | 'well'
}

const darkAfterMs = 45_000
const soonMs = 7 * 86_400_000

function wordOf(host: ListedHost, lastBeat: string | undefined, now: number): ShownHost['word'] {
  const endsMs = Date.parse(host.certificateEnds ?? '')
  if (host.state === 'revoked') return 'revoked'
  if (endsMs <= now) return 'certificate ended'
  if (lastBeat === undefined) return 'never heard of'
  if (now - Date.parse(lastBeat) > darkAfterMs) return 'gone dark'
  // Certificates of hosts live for days and are renewed at two thirds: one day left means that renewing fails.
  const life = endsMs - Date.parse(host.enrolled ?? '')
  return endsMs - now < Math.min(soonMs, life / 4) ? 'ends soon' : 'well'
}

/** Hosts with their newest heartbeat; those that want a person first. */
export function hostsOf(list: HostList, parts: readonly PartStatus[], now: number): readonly ShownHost[] {
  const agents: readonly AgentStatus[] = parts.flatMap((part) => part.agents)
  const shown = list.hosts.map((host): ShownHost => {
    const prefix = `${host.layer}/${host.host}.`
    const beats = agents.flatMap(({ agent, lastHeartbeat }) =>
      agent.startsWith(prefix) && lastHeartbeat !== undefined ? [lastHeartbeat] : [],
    )
    const lastBeat = beats.toSorted().at(-1)
    return { ...host, lastBeat, word: wordOf(host, lastBeat, now) }
  })
  const rank = ({ word }: ShownHost): number => (word === 'well' ? 1 : word === 'revoked' ? 2 : 0)
  return shown.toSorted((a, b) => rank(a) - rank(b) || a.host.localeCompare(b.host))
}

/** What is silent now. */
export interface ActiveSilence {
  readonly kind: string
  readonly part: string
  readonly message: string
}

/** An announced silence. */
export interface PlannedSilence {
  readonly id: number
  readonly part: string
  readonly kind?: string
  readonly until: string
  readonly reason: string
  readonly actor: string
}

/** What one rule cost in the last week. */
export interface RuleLoad {
  readonly rule: string
  readonly title: string
  readonly level: string
  readonly alerts: number
  readonly incidents: number
  readonly verdicts: { readonly true: number; readonly benign: number; readonly noise: number }
  readonly minutes: number
}
