import type { SiteConfig } from '@sevenfold/config'
import type { Place } from './geo-reader.ts'

/** What the rules of a site say of a place. */
export type GeoVerdict = 'pass' | 'challenge' | { readonly rule: string; readonly message: string }

/** The rules of a site by country and autonomous system. */
export class GeoRules {
  private readonly allow: ReadonlySet<string>
  private readonly deny: ReadonlySet<string>
  private readonly challenge: ReadonlySet<string>
  private readonly denyAsn: ReadonlySet<number>
  private readonly refusesUnknown: boolean

  constructor(config: NonNullable<SiteConfig['geo']>) {
    this.allow = new Set(config.allow)
    this.deny = new Set(config.deny)
    this.challenge = new Set(config.challenge)
    this.denyAsn = new Set(config.denyAsn)
    this.refusesUnknown = config.unknown === 'refuse'
  }

  judge({ country, asn }: Place): GeoVerdict {
    if (asn !== 0 && this.denyAsn.has(asn)) return { rule: 'geo-asn', message: `autonomous system ${asn}` }
    if (country === '') {
      return this.allow.size > 0 && this.refusesUnknown
        ? { rule: 'geo-unknown', message: 'no known country' }
        : 'pass'
    }
    if (this.deny.has(country)) return { rule: 'geo-country', message: `country ${country}` }
    if (this.allow.size > 0 && !this.allow.has(country)) {
      return { rule: 'geo-country', message: `country ${country} is not among those allowed` }
    }
    return this.challenge.has(country) ? 'challenge' : 'pass'
  }
}
