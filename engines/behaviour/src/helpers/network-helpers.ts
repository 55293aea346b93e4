import { isInNetwork, parseAddress, parseNetwork, type Address } from '../address/address.ts'
import { constantFunction } from '../expr/builtins/constant-function.ts'
import { Fault } from '../expr/runtime/fault.ts'
import { arrayOf, boolType, stringType } from '../expr/type.ts'
import { formatAddress, networkBase } from './format-address.ts'

import type { FunctionSpec } from '../expr/function-spec.ts'
import type { Facilities } from './facilities.ts'

/** Helpers on addresses. */
export function networkHelpers({
  outgoing,
  hostname,
}: Facilities): readonly (readonly [string, FunctionSpec])[] {
  const lookupHost = (name: string): readonly string[] => {
    if (outgoing === undefined) throw new Fault('LookupHost: outgoing look-ups are off')
    return outgoing.lookupHost(name)
  }
  return [
    [
      'IpInRange',
      constantFunction([stringType, stringType], boolType, ipInRange, { specialize: inKnownRange }),
    ],
    ['IpToRange', constantFunction([stringType, stringType], stringType, ipToRange)],
    ['IsIP', constantFunction([stringType], boolType, (text: string) => parseAddress(text) !== undefined)],
    [
      'IsIPV4',
      constantFunction([stringType], boolType, (text: string) => unmapped(parseAddress(text))?.length === 1),
    ],
    [
      'IsIPV6',
      constantFunction([stringType], boolType, (text: string) => unmapped(parseAddress(text))?.length === 4),
    ],
    ['LookupHost', { parameters: [stringType], result: arrayOf(stringType), pure: true, call: lookupHost }],
    [
      'Hostname',
      { parameters: [], result: stringType, pure: true, constant: true, call: () => hostname ?? '' },
    ],
  ]
}

/** Go's net.IP takes `::ffff:1.2.3.4` for the IPv4 address. */
function unmapped(address: Address | undefined): Address | undefined {
  const [first, second, third, last] = address ?? []
  return first === 0 && second === 0 && third === 0xffff && last !== undefined ? [last] : address
}

function ipInRange(ip: string, range: string): boolean {
  const address = unmapped(parseAddress(ip))
  const network = parseNetwork(range)
  return address !== undefined && network !== undefined && isInNetwork(address, network)
}

const inKnownRange: NonNullable<FunctionSpec['specialize']> = ([, range]) => {
  const network = typeof range?.value === 'string' ? parseNetwork(range.value) : undefined
  if (network === undefined) return undefined
  return (ip: string) => {
    const address = unmapped(parseAddress(ip))
    return address !== undefined && isInNetwork(address, network)
  }
}

/** The network of an address with a prefix length (`/24` or `24`) or that of a range; empty when either is wrong. */
function ipToRange(ip: string, length: string): string {
  const address = unmapped(parseAddress(ip))
  const digits = /^(?:.*\/)?(\d{1,3})$/.exec(length)?.[1]
  if (address === undefined || digits === undefined) return ''
  const bits = Number(digits)
  return bits > address.length * 32 ? '' : `${formatAddress(networkBase(address, bits))}/${String(bits)}`
}
