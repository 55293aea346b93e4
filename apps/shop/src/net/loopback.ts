import { isIP } from 'node:net'

/** True for 127.0.0.0/8, `::1` and the IPv4-mapped forms of 127.0.0.0/8. Names are never loopback here. */
export function isLoopback(address: string): boolean {
  const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
  if (isIP(plain) === 4) return plain.startsWith('127.')
  return plain === '::1'
}

/** Where the shop listens. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

/**
 * Reads `127.0.0.1:7790`, `[::1]:7790` or `localhost:7790`.
 * Throws for anything else: the shop is full of holes and must not be reachable from another machine.
 */
export function parseLoopbackListen(text: string): ListenAddress {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text)
  const host = (match?.[1] ?? match?.[2] ?? '').replace(/^localhost$/, '127.0.0.1')
  const port = Number(match?.[3])
  if (match === null || !(port <= 65_535)) {
    throw new Error(`"${text}" is not an address and a port, such as 127.0.0.1:7790`)
  }
  if (!isLoopback(host)) {
    throw new Error(
      `"${host}" is not a loopback address: this shop is weak on purpose and stays on this machine`,
    )
  }
  return { host, port }
}
