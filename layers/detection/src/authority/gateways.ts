import { readFileSync } from 'node:fs'
import { addressText } from './address-number.ts'

function readTable(path: string): string[][] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n', 10_000)
      .map((line) => line.trim().split(/\s+/))
  } catch {
    return [] // another system, or a family that is switched off: nothing to protect there
  }
}

/** Gateways in the form of `/proc/net/route`: little-endian hexadecimal in the third column. */
export function gatewaysV4(rows: readonly (readonly string[])[]): string[] {
  return rows.flatMap(([, , gateway = '']) => {
    if (!/^[0-9A-F]{8}$/i.test(gateway) || gateway === '00000000') return []
    return [Buffer.from(gateway, 'hex').toReversed().join('.')]
  })
}

/** Gateways in the form of `/proc/net/ipv6_route`: 32 hexadecimal digits in the fifth column. */
export function gatewaysV6(rows: readonly (readonly string[])[]): string[] {
  return rows.flatMap(([, , , , gateway = '']) => {
    if (!/^[0-9a-f]{32}$/i.test(gateway) || /^0+$/.test(gateway)) return []
    return [addressText(BigInt(`0x${gateway}`), 'ipv6')]
  })
}

/**
 * The gateways of this machine now: inside a container that is the bridge or the node, from which all clients seem to
 * come when their addresses are lost. Empty where the system does not tell.
 */
export function gatewayAddresses(): string[] {
  return [
    ...new Set([
      ...gatewaysV4(readTable('/proc/net/route')),
      ...gatewaysV6(readTable('/proc/net/ipv6_route')),
    ]),
  ]
}
