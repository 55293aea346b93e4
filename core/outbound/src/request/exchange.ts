import { request as httpRequest } from 'node:http'
import type { IncomingMessage, RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import type { LookupFunction } from 'node:net'
import { OutboundError } from '../error.ts'
import type { OutboundLimits } from '../limits.ts'
import { hostOf } from './target.ts'

/** One request to one checked address. */
export interface ExchangeOptions {
  readonly url: URL
  /** The checked address; the connection goes there and nowhere else. */
  readonly address: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | undefined
  readonly limits: OutboundLimits
  readonly signal: AbortSignal
  /** PEM certificates to trust besides none: replaces the system's; for tests and private authorities. */
  readonly ca: string | undefined
}

/** Answers every name with the checked address: there is no second look-up that could answer differently. */
function fixedLookup(address: string): LookupFunction {
  const family = isIP(address)
  return (_host, options, callback) => {
    if (options.all === true) callback(null, [{ address, family }])
    else callback(null, address, family)
  }
}

function requestOptions(options: ExchangeOptions): RequestOptions & { ca?: string } {
  const { url, limits } = options
  return {
    method: options.method,
    host: hostOf(url),
    port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
    path: `${url.pathname}${url.search}`,
    headers: options.headers,
    lookup: fixedLookup(options.address),
    // A connection of its own for each request: a kept one may have been checked for another host.
    agent: false,
    maxHeaderSize: limits.maxHeaderBytes,
    signal: options.signal,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  }
}

/**
 * Sends one request to the checked address and resolves with the head of the answer.
 * @throws OutboundError OUTBOUND_CONNECT; OUTBOUND_TIMEOUT when connecting takes too long. Abortion rejects as `signal` says.
 */
export function exchange(options: ExchangeOptions): Promise<IncomingMessage> {
  const { url, limits } = options
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    const outgoing = send(requestOptions(options))
    const timer = setTimeout(() => {
      outgoing.destroy(
        new OutboundError(
          'OUTBOUND_TIMEOUT',
          `connecting to ${url.host} took longer than ${limits.connectTimeoutMs} ms`,
        ),
      )
    }, limits.connectTimeoutMs)
    outgoing.on('socket', (socket) => {
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => clearTimeout(timer))
    })
    outgoing.once('response', resolve)
    outgoing.once('error', (error) => {
      reject(
        error instanceof OutboundError || options.signal.aborted
          ? error
          : new OutboundError('OUTBOUND_CONNECT', `${url.host} did not answer`, { cause: error }),
      )
    })
    outgoing.once('close', () => clearTimeout(timer))
    outgoing.end(options.body)
  })
}
