import type { IncomingMessage } from 'node:http'

const loopback = /^(?:127\.|::1$|::ffff:127\.)/
const longestHeader = 512

function headerText(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value : (value?.at(-1) ?? '')
}

/**
 * Address of the client: the socket's peer, or, when a proxy on this host is trusted, the last entry of
 * `X-Forwarded-For`, which is the one that this proxy wrote.
 */
export function clientAddressOf(request: IncomingMessage, trustsProxy: boolean): string {
  const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:(?=\d)/, '')
  if (!trustsProxy || !loopback.test(peer)) return peer
  const last = headerText(request.headers['x-forwarded-for']).split(',').at(-1)?.trim() ?? ''
  return /^[0-9a-f.:]{2,45}$/i.test(last) ? last : peer
}

/** Trace id that the edge gave the request; undefined when there is none of the right form. */
export function traceIdOf(request: IncomingMessage): string | undefined {
  const id = headerText(request.headers['x-sevenfold-trace'])
  return /^[0-9a-zA-Z-]{1,64}$/.test(id) ? id : undefined
}

/** Request id of the edge, or the trace id, or empty. */
export function requestIdOf(request: IncomingMessage): string {
  const id = headerText(request.headers['x-request-id'])
  return /^[0-9a-zA-Z-]{1,64}$/.test(id) ? id : (traceIdOf(request) ?? '')
}

/** A header's text, cut. */
export function shortHeader(request: IncomingMessage, name: string): string | undefined {
  const text = headerText(request.headers[name])
  return text === '' ? undefined : text.slice(0, longestHeader)
}
