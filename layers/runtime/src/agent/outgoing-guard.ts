import type { Agent } from './agent.ts'
import { finding } from './attack.ts'
import { hostsChosenBy, isInner } from './judges/judge-address.ts'
import type { Outgoing } from './judges/judge-address.ts'
import type { ProfileKeeper } from './profile/profile-keeper.ts'
import type { RefusedError } from './refusal.ts'
import { currentRequest, isServing } from './request-context.ts'
import type { RequestContext } from './request-context.ts'

// Browsers name the page they come from and proxies where they stand: an application that calls itself or a service
// beside it is not sent there by them.
const surroundings = ['referer', 'x-forwarded-host', 'x-forwarded-for', 'x-forwarded-server', 'x-real-ip']

const chosenHosts = new WeakMap<ReadonlySet<string>, ReadonlySet<string>>()

function isChosen(context: RequestContext, { host, port }: Outgoing): boolean {
  const inputs = context.raw()
  let hosts = chosenHosts.get(inputs)
  if (hosts === undefined) {
    const { headers } = context.request
    hosts = hostsChosenBy(
      inputs,
      surroundings.map((name) => headers[name]).filter((value) => typeof value === 'string'),
    )
    chosenHosts.set(inputs, hosts)
  }
  const name = host.toLowerCase()
  return hosts.has(name) || hosts.has(`${name}:${port}`)
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
  if (text === undefined) return undefined
  try {
    const { hostname, port } = target instanceof URL ? target : new URL(text)
    return { host: hostname, port }
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
    const { observer } = this.#agent
    this.#agent.inventory.add(
      'hosts',
      outgoing.port === '' ? outgoing.host : `${outgoing.host}:${outgoing.port}`,
    )
    const served = observer === undefined ? undefined : currentRequest.getStore()
    if (served !== undefined) {
      const text = `${outgoing.host}:${outgoing.port}`
      this.#agent.observe({ kind: 'host', sink, text, isChosen: isChosen(served, outgoing) })
    }
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
