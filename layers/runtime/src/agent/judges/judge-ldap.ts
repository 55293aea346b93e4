import { finding } from '../attack.ts'
import type { Finding } from '../attack.ts'
import { findWholeZones } from '../inputs/zones.ts'

// Characters that RFC 4515, section 3, has escaped inside a value.
const special = /[*()\\\0]/

/** Judges a search filter: does an input stand in it with characters that its language reads? */
export function judgeLdap(filter: string, inputs: Iterable<string>): Finding | null {
  const hostile = [...inputs].filter((input) => special.test(input))
  const [zone] = findWholeZones(filter, hostile)
  return zone === undefined
    ? null
    : finding(
        'ldap-injection',
        filter.slice(zone.start, zone.end),
        'an input is read as a part of an LDAP filter',
      )
}
