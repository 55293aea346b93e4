import type { GeoFacility } from '@sevenfold/behaviour'

/** What is known of one address or of one network of IPv4. */
export interface GeoRow {
  /** `192.0.2.1` or, for a /24, `192.0.2.0/24`. */
  readonly network: string
  readonly isoCode: string
  readonly latitude: number
  readonly longitude: number
  readonly isInEu: boolean
  readonly asNumber: number
  readonly asOrganization: string
  /** Announced network; empty when not known. */
  readonly range: string
}

/** A geo facility over a short table: for tests, and where a few networks are all that matters. */
export function geoFromTable(rows: readonly GeoRow[]): GeoFacility {
  const table = new Map(rows.map((row) => [row.network, row]))
  const find = (ip: string): GeoRow | undefined =>
    table.get(ip) ?? table.get(`${ip.slice(0, ip.lastIndexOf('.'))}.0/24`)
  return {
    city: find,
    asn: (ip) => {
      const row = find(ip)
      return row === undefined ? undefined : { number: row.asNumber, organization: row.asOrganization }
    },
    range: (ip) => {
      const range = find(ip)?.range ?? ''
      return range === '' ? undefined : range
    },
  }
}
