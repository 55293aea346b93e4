import type { EventRecord } from '../record.ts'

/** A method that parsers call (`method: GeoIpCity`): writes what it finds into `Enriched`. Never throws. */
export type Enricher = (text: string, record: EventRecord) => void
