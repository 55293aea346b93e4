import { createHostPolicy } from './address/host-policy.ts'
import { OutboundError } from './error.ts'
import { outboundLimits } from './limits.ts'
import type { OutboundLimits } from './limits.ts'
import { exchange } from './request/exchange.ts'
import { acceptedEncodings, readBody } from './request/read-body.ts'
import { nextHop } from './request/redirect.ts'
import type { Hop } from './request/redirect.ts'
import { resolveHost, systemResolver } from './request/resolve-host.ts'
import type { Resolver } from './request/resolve-host.ts'
import { hostOf, readTarget } from './request/target.ts'

/** How a client of outgoing requests is made. */
export interface OutboundOptions {
  /** Hosts (names or literal addresses) that the configuration names: they may be loopback or private. */
  readonly namedHosts?: readonly string[]
  /** Default: the system's resolver. */
  readonly resolver?: Resolver
  readonly limits?: Partial<OutboundLimits>
  readonly userAgent?: string
  /** PEM certificates to trust in place of the system's. */
  readonly ca?: string
}

/** One outgoing request. */
export interface OutboundRequest {
  /** Default GET. */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  /** Everything that is not plainly impersonal is dropped when a redirect leaves the origin. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly signal?: AbortSignal
  readonly limits?: Partial<OutboundLimits>
}

/** The answer, whole and decompressed. */
export interface OutboundResponse {
  readonly status: number
  /** Lower-case names; repeated ones joined as node:http does. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** After redirects. */
  readonly url: string
  /** The address that was checked and connected to. */
  readonly address: string
}

/** The one client for requests that leave the machine: feeds, webhooks, certificates, object stores. */
export interface Outbound {
  /** @throws OutboundError with one of `outboundErrorCodes`; an answer of any status is no error. */
  request(url: string, request?: OutboundRequest): Promise<OutboundResponse>
}

interface Call {
  readonly limits: OutboundLimits
  readonly signal: AbortSignal
  readonly resolve: (host: string) => Promise<readonly string[]>
  readonly ca: string | undefined
}

/** Rejects as soon as the signal does; for waits that know no signal, such as the system's resolver. */
function bounded<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error)
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

/** Tries the checked addresses in turn until one takes the connection. */
async function reach(hop: Hop, call: Call) {
  const addresses = await bounded(call.resolve(hostOf(hop.url)), call.signal)
  let failure: unknown
  for (const address of addresses) {
    try {
      return { address, answer: await exchange({ ...hop, ...call, address }) }
    } catch (error) {
      if (call.signal.aborted) throw error
      failure = error
    }
  }
  throw failure
}

async function follow(first: Hop, call: Call): Promise<OutboundResponse> {
  let hop = first
  for (let redirects = 0; ; redirects += 1) {
    const { address, answer } = await reach(hop, call)
    let next: Hop | undefined
    try {
      next = nextHop(hop, answer)
    } catch (error) {
      answer.destroy()
      throw error
    }
    if (next === undefined) {
      const body = await bounded(readBody(answer, call.limits.maxBytes, hop.method), call.signal)
      return {
        status: answer.statusCode ?? 0,
        headers: flat(answer.headers),
        body,
        url: hop.url.href,
        address,
      }
    }
    answer.destroy()
    if (redirects >= call.limits.maxRedirects) {
      throw new OutboundError(
        'OUTBOUND_REDIRECT',
        `more than ${call.limits.maxRedirects} redirects from ${first.url.host}`,
      )
    }
    hop = next
  }
}

function flat(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const pairs = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ])
  return Object.fromEntries(pairs) as Record<string, string>
}

function bytesOf(body: string | Uint8Array | undefined, most: number): Uint8Array | undefined {
  if (body === undefined) return undefined
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  if (bytes.length > most)
    throw new OutboundError('OUTBOUND_TOO_LARGE', `the request body is larger than ${most} bytes`)
  return bytes
}

function firstHop(
  url: string,
  request: OutboundRequest,
  how: { limits: OutboundLimits; userAgent: string },
): Hop {
  const body = bytesOf(request.body, how.limits.maxRequestBytes)
  const given = Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])
  const headers: Record<string, string> = {
    'user-agent': how.userAgent,
    'accept-encoding': acceptedEncodings,
    ...(Object.fromEntries(given) as Record<string, string>),
    ...(body === undefined ? {} : { 'content-length': String(body.length) }),
  }
  // The target decides these; a caller who could set them could speak to another host than the one checked.
  for (const name of ['host', 'connection', 'transfer-encoding', 'upgrade']) delete headers[name]
  return { url: readTarget(url), method: request.method ?? 'GET', headers, body }
}

function translate(
  error: unknown,
  signals: { deadline: AbortSignal; caller: AbortSignal | undefined },
  timeoutMs: number,
): unknown {
  if (signals.caller?.aborted === true)
    return new OutboundError('OUTBOUND_ABORTED', 'the request was given up', { cause: error })
  if (signals.deadline.aborted)
    return new OutboundError('OUTBOUND_TIMEOUT', `the request took longer than ${timeoutMs} ms`, {
      cause: error,
    })
  if (error instanceof OutboundError) return error
  return new OutboundError('OUTBOUND_CONNECT', 'the request failed', { cause: error })
}

/**
 * Makes the client. It resolves a name once, refuses loopback, private, link-local, metadata and reserved addresses
 * (see `createHostPolicy`), and connects to the very address that it checked; every redirect is checked anew.
 */
export function createOutbound(options: OutboundOptions = {}): Outbound {
  const policy = createHostPolicy(options.namedHosts ?? [])
  const resolver = options.resolver ?? systemResolver
  return {
    async request(url, request = {}) {
      const limits = { ...outboundLimits, ...options.limits, ...request.limits }
      const first = firstHop(url, request, { limits, userAgent: options.userAgent ?? 'sevenfold' })
      const deadline = AbortSignal.timeout(limits.timeoutMs)
      const signal = request.signal === undefined ? deadline : AbortSignal.any([deadline, request.signal])
      const resolve = (host: string) => resolveHost(host, { resolver, policy, most: limits.maxAddresses })
      try {
        return await follow(first, { limits, signal, resolve, ca: options.ca })
      } catch (error) {
        throw translate(error, { deadline, caller: request.signal }, limits.timeoutMs)
      }
    },
  }
}
