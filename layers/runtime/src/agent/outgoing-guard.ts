import type { Agent } from './agent.ts'
import { finding } from './attack.ts'
import { beginsHost, hostsChosenBy, isInner } from './judges/judge-address.ts'
import type { Outgoing } from './judges/judge-address.ts'
import { surroundings } from './inputs/surroundings.ts'
import type { ProfileKeeper } from './profile/profile-keeper.ts'
import type { RefusedError } from './refusal.ts'
import { currentRequest, isServing } from './request-context.ts'
import type { RequestContext } from './request-context.ts'

/** Hosts that the newest inputs chose: a request that speaks to several hosts asks once. */
let asked: { readonly inputs: ReadonlySet<string>; readonly hosts: ReadonlySet<string> } | undefined

function isChosen(context: RequestContext, { host, port }: Outgoing): boolean {
  if (!context.mayName(host)) return false
  const inputs = context.raw()
  if (asked?.inputs !== inputs) {
    const { headers } = context.request
    const except = surroundings.map((name) => headers[name]).filter((value) => typeof value === 'string')
    asked = { inputs, hosts: hostsChosenBy(inputs, except) }
  }
  const { hosts } = asked
  const name = host.toLowerCase()
  if (hosts.has(name) || (port !== '' && hosts.has(`${name}:${port}`))) return true
  return isInner(host) && beginsHost(inputs, { host, port })
}

function partsOf(target: unknown): Outgoing | undefined {
  const text =
    typeof target === 'string'
      ? target
      : target instanceof URL
        ? target.href
        : typeof target === 'object' && target !== null && 'url' in target
          ? String(target.url)
          : undefined
  return text === undefined ? undefined : outgoingOf(text)
}

// Scheme and authority, as far as no parser reads anything else in them (WHATWG URL, section 4.4).
const origin = /^https?:\/\/[\w.:-]+(?=[/?#]|$)/
const maxOrigins = 500
const origins = new Map<string, Outgoing>()

/** Where an address leads. An application speaks to few hosts, and parsing is most of the work. */
function outgoingOf(text: string): Outgoing | undefined {
  const start = origin.exec(text)?.[0]
  const known = start === undefined ? undefined : origins.get(start)
  if (known !== undefined) return known
  try {
    const { hostname, port } = new URL(text)
    const outgoing = { host: hostname, port }
    if (start === undefined) return outgoing
    if (origins.size >= maxOrigins) origins.clear()
    origins.set(start, outgoing)
    return outgoing
  } catch {
    return undefined // the client says what is wrong with it
  }
}

/** Asks about outgoing requests. */
export class OutgoingGuard {
  readonly #agent: Agent
  readonly #keeper: ProfileKeeper

  constructor(agent: Agent, keeper: ProfileKeeper) {
    this.#agent = agent
    this.#keeper = keeper
  }

  /** The refusal for a request to a host, or null. From the first host that an input chose, inner addresses are closed. */
  check(sink: string, outgoing: Outgoing): RefusedError | null {
    this.#agent.inventory.addHost(outgoing.host, outgoing.port)
    this.#observe(sink, outgoing)
    const refusal = this.#agent.check(sink, (context) => {
      if (!isInner(outgoing.host)) {
        if (!context.guardsAddresses && isChosen(context, outgoing)) context.guardsAddresses = true
        return null
      }
      if (!context.guardsAddresses && !isChosen(context, outgoing)) return null
      const to = `${outgoing.host}:${outgoing.port}`
      return finding('ssrf', to, 'an input sends a request to an inner address')
    })
    return refusal ?? this.#keeper.checkHost(sink, outgoing.host, outgoing.port)
  }

  #observe(sink: string, outgoing: Outgoing): void {
    const served = this.#agent.observer === undefined ? undefined : currentRequest.getStore()
    if (served === undefined) return
    const text = `${outgoing.host}:${outgoing.port}`
    this.#agent.observe({ kind: 'host', sink, text, isChosen: isChosen(served, outgoing) })
  }

  /** As `check`, for an address in the form of a text, a URL or a Request. */
  checkUrl(sink: string, target: unknown): RefusedError | null {
    if (!isServing()) return null
    const outgoing = partsOf(target)
    return outgoing === undefined ? null : this.check(sink, outgoing)
  }

  /** The refusal for an address that a name turned out to have (rebinding, redirects), or null. */
  checkAddress(sink: string, address: string): RefusedError | null {
    if (currentRequest.getStore()?.guardsAddresses !== true || !isInner(address)) return null
    return this.#agent.check(sink, () =>
      finding('ssrf', address, 'a host that an input chose leads to an inner address'),
    )
  }
}
