import type { IncomingMessage } from 'node:http'

/** Addresses that a reverse proxy on this machine connects from. Attack traffic uses others of 127.0.0.0/8. */
const proxyPeers: ReadonlySet<string> = new Set(['127.0.0.1', '::1'])

/**
 * The address that the shop logs: the socket peer, unless a proxy on this machine is trusted and is the peer;
 * then the rightmost `X-Forwarded-For` entry, the only one that the proxy itself wrote.
 */
export function clientAddress(request: IncomingMessage, trustProxy: boolean): string {
  const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  if (!trustProxy || !proxyPeers.has(peer)) return peer
  const forwarded = request.headers['x-forwarded-for']
  const list = Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')
  const last = list.split(',').at(-1)?.trim() ?? ''
  return last === '' ? peer : last
}
