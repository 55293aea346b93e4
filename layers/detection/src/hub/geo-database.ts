import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { GeoFacility } from '@sevenfold/behaviour'
import type { AsnResponse, CityResponse, Reader } from 'mmdb-lib'

/** Bytes of one database; a larger one is not read. */
const maxDatabaseBytes = 512 * 1024 * 1024

async function open<T extends CityResponse | AsnResponse>(path: string): Promise<Reader<T> | undefined> {
  if (!existsSync(path) || statSync(path).size > maxDatabaseBytes) return undefined
  const { Reader } = await import('mmdb-lib')
  return new Reader<T>(readFileSync(path))
}

function lookUp<T>(find: () => T | null): T | undefined {
  try {
    return find() ?? undefined
  } catch {
    // No address, or a damaged part of the file: not known.
    return undefined
  }
}

/** The first address of the network of so many bits around an address. */
function networkText(ip: string, bits: number): string | undefined {
  const octets = ip.split('.').map(Number)
  if (octets.length !== 4) return undefined
  const kept = octets.map((octet, at) => octet & (0xff << Math.max(0, Math.min(8, 8 - (bits - at * 8)))))
  return `${kept.map((octet) => octet & 0xff).join('.')}/${bits}`
}

/**
 * What the MaxMind databases of a data folder (`GeoLite2-City.mmdb`, `GeoLite2-ASN.mmdb`) know of addresses; undefined
 * when neither is there. Rejects when one is damaged.
 */
export async function openGeoDatabases(folder: string): Promise<GeoFacility | undefined> {
  const city = await open<CityResponse>(join(folder, 'GeoLite2-City.mmdb'))
  const asn = await open<AsnResponse>(join(folder, 'GeoLite2-ASN.mmdb'))
  if (city === undefined && asn === undefined) return undefined
  return {
    city: (ip) => {
      const found = lookUp(() => city?.get(ip) ?? null)
      const country = found?.country ?? found?.registered_country
      if (found === undefined) return undefined
      return {
        isoCode: country?.iso_code ?? '',
        isInEu: country?.is_in_european_union ?? false,
        latitude: found.location?.latitude ?? 0,
        longitude: found.location?.longitude ?? 0,
      }
    },
    asn: (ip) => {
      const found = lookUp(() => asn?.get(ip) ?? null)
      if (found === undefined) return undefined
      return {
        number: found.autonomous_system_number,
        organization: found.autonomous_system_organization,
      }
    },
    range: (ip) => {
      const [found, bits] = lookUp(() => asn?.getWithPrefixLength(ip) ?? null) ?? [null, 0]
      return found === null ? undefined : networkText(ip, bits)
    },
  }
}
