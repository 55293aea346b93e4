import type { Facilities } from '../helpers/facilities.ts'
import type { EventRecord } from '../record.ts'
import type { Enricher } from './enricher.ts'
import { parseDateEnricher } from './parse-date.ts'

function geoEnrichers({ geo }: Facilities): readonly (readonly [name: string, enricher: Enricher])[] {
  const city = (address: string, { Enriched }: EventRecord): void => {
    const place = address === '' ? undefined : geo?.city(address)
    if (place === undefined) return
    Enriched.set('IsoCode', place.isoCode)
    Enriched.set('IsInEU', String(place.isInEu ?? false))
    Enriched.set('Latitude', place.latitude.toFixed(6))
    Enriched.set('Longitude', place.longitude.toFixed(6))
  }
  const asn = (address: string, { Enriched }: EventRecord): void => {
    const system = address === '' ? undefined : geo?.asn(address)
    if (system === undefined) return
    Enriched.set('ASNNumber', String(system.number))
    Enriched.set('ASNumber', String(system.number))
    Enriched.set('ASNOrg', system.organization)
  }
  const range = (address: string, { Enriched }: EventRecord): void => {
    const network = address === '' ? undefined : geo?.range(address)
    if (network !== undefined) Enriched.set('SourceRange', network)
  }
  return [
    ['GeoIpCity', city],
    ['GeoIpASN', asn],
    ['IpToRange', range],
  ]
}

function unmarshalJson(_text: string, record: EventRecord): void {
  let value: unknown
  try {
    value = JSON.parse(record.Line.Raw)
  } catch {
    return
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return
  for (const [key, item] of Object.entries(value)) record.Unmarshaled.set(key, item)
}

/** The methods that parsers may call, by name. Those whose facility is missing find nothing. */
export function createEnrichers(facilities: Facilities): ReadonlyMap<string, Enricher> {
  const reverseDns: Enricher = (address, { Enriched }) => {
    const name = address === '' ? undefined : facilities.outgoing?.lookupHost(address)[0]
    if (name !== undefined) Enriched.set('reverse_dns', name)
  }
  return new Map<string, Enricher>([
    ...geoEnrichers(facilities),
    ['reverse_dns', reverseDns],
    ['ParseDate', parseDateEnricher(() => facilities.now())],
    ['UnmarshalJSON', unmarshalJson],
  ])
}
