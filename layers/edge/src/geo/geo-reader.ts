import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isJsonObject } from '@sevenfold/event'
import { EdgeError } from '../edge-error.ts'

/** Where an address is. */
export interface Place {
  /** Two upper-case letters (ISO 3166-1), or empty. */
  readonly country: string
  /** Number of the autonomous system, or 0. */
  readonly asn: number
}

/** Looks addresses up in MMDB files. */
export interface GeoReader {
  place(address: string): Place
}

/** Largest database that is read, bytes. */
export const maxDatabaseBytes = 268_435_456

const nowhere: Place = { country: '', asn: 0 }
const remembered = 20_000
const require = createRequire(import.meta.url)

/** The database that comes with the program: a dependency of data alone. */
function defaultDatabase(): string {
  return require.resolve('@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb')
}

type Find = (address: string) => unknown

async function open(path: string): Promise<Find> {
  try {
    const bytes = readFileSync(path)
    if (bytes.length > maxDatabaseBytes) throw new Error(`longer than ${maxDatabaseBytes} bytes`)
    // Loaded by who uses it only: the data of the default alone is 8 MB.
    const { Reader } = await import('mmdb-lib')
    const reader = new Reader(bytes)
    return (address) => reader.get(address)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new EdgeError('EDGE_CONFIG_INVALID', `geo database ${path}: ${why}`, error)
  }
}

const countryForm = /^[A-Z]{2}$/

/** The country in a record, in the forms of the usual databases. */
function countryOf(record: unknown): string {
  if (!isJsonObject(record)) return ''
  const nested = record['country']
  const code = isJsonObject(nested) ? nested['iso_code'] : (record['country_code'] ?? nested)
  return typeof code === 'string' && countryForm.test(code) ? code : ''
}

function asnOf(record: unknown): number {
  if (!isJsonObject(record)) return 0
  const number = record['autonomous_system_number'] ?? record['asn']
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : 0
}

function safely(find: Find, address: string): unknown {
  try {
    return find(address)
  } catch {
    return null // a damaged record says nothing; the rules for unknown addresses hold
  }
}

/**
 * Opens the databases: countries from `path` or the one that comes with the program, systems from `asnPath`.
 * @throws EdgeError EDGE_CONFIG_INVALID.
 */
export async function openGeo(path: string | undefined, asnPath: string | undefined): Promise<GeoReader> {
  const countries = await open(path ?? defaultDatabase())
  const systems = asnPath === undefined ? null : await open(asnPath)
  const known = new Map<string, Place>()
  return {
    place: (address) => {
      const found = known.get(address)
      if (found !== undefined) return found
      const record = safely(countries, address)
      const place: Place = {
        country: countryOf(record),
        asn: asnOf(systems === null ? record : safely(systems, address)),
      }
      if (known.size >= remembered) known.clear()
      known.set(address, place.country === '' && place.asn === 0 ? nowhere : place)
      return place
    },
  }
}
