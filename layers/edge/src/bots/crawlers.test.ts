import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createNetworkSet } from '../address/client-address.ts'
import { AgentClasses } from './agent-class.ts'
import { CrawlerVerifier, maxLookups, proofMs } from './crawler-verifier.ts'
import { crawlers } from './crawlers.ts'
import type { NameLookup } from './name-lookup.ts'

interface Fixture {
  readonly crawler: string
  readonly kind?: string
  readonly agent: string
  readonly address: string
  readonly names: readonly string[]
  readonly forward: readonly string[]
}

const fixtures = JSON.parse(readFileSync(new URL('testdata/crawlers.json', import.meta.url), 'utf8')) as {
  readonly genuine: readonly Fixture[]
  readonly spoofed: readonly Fixture[]
}

function notFound(): Error {
  return Object.assign(new Error('not found'), { code: 'ENOTFOUND' })
}

/** A DNS that knows what the fixture says. */
function lookupOf({ names, forward }: Pick<Fixture, 'names' | 'forward'>): NameLookup {
  return {
    reverse: () => (names.length === 0 ? Promise.reject(notFound()) : Promise.resolve(names)),
    addresses: (name) => (names.includes(name) ? Promise.resolve(forward) : Promise.reject(notFound())),
  }
}

function verifierOf(lookup: NameLookup, now: () => number = () => 0): CrawlerVerifier {
  return new CrawlerVerifier({ lookup, ranges: new Map(), monotonicMs: now })
}

async function judge(fixture: Fixture): Promise<string> {
  const found = new AgentClasses().of(fixture.agent)
  if (found.kind !== 'crawler') return found.kind
  expect(found.crawler.name).toBe(fixture.crawler)
  return verifierOf(lookupOf(fixture)).verify(found.crawler, fixture.address)
}

describe('crawlers', () => {
  it('of at least 200 genuine fixtures are all verified', async () => {
    expect(fixtures.genuine.length).toBeGreaterThanOrEqual(200)
    for (const fixture of fixtures.genuine)
      expect(await judge(fixture), JSON.stringify(fixture)).toBe('verified')
  })

  it('that are impostors are all caught', async () => {
    expect(fixtures.spoofed.length).toBeGreaterThanOrEqual(100)
    for (const fixture of fixtures.spoofed)
      expect(await judge(fixture), JSON.stringify(fixture)).toBe('spoofed')
  })

  it('have words that no other crawler has, and domains of two parts at least', () => {
    for (const { token, domains } of crawlers) {
      expect(token).toBe(token.toLowerCase())
      for (const domain of domains) expect(domain).toMatch(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/)
    }
    expect(new Set(crawlers.map(({ name }) => name)).size).toBe(crawlers.length)
  })
})

describe('the proof of a crawler', () => {
  const [google] = crawlers
  if (google === undefined) throw new Error('no crawlers')

  it('is remembered, and asked for again when its time is over', async () => {
    let asked = 0
    let now = 0
    const lookup = lookupOf({ names: ['a.googlebot.com'], forward: ['192.0.2.1'] })
    const counting = { ...lookup, reverse: (address: string) => ((asked += 1), lookup.reverse(address)) }
    const verifier = verifierOf(counting, () => now)
    await verifier.verify(google, '192.0.2.1')
    expect(verifier.verify(google, '192.0.2.1')).toBe('verified')
    now = proofMs.verified
    await verifier.verify(google, '192.0.2.1')
    expect(asked).toBe(2)
  })

  it('is asked once for many requests at a time, and for a bounded number of clients', async () => {
    let release: (names: readonly string[]) => void = () => undefined
    let asked = 0
    const reverse = (): Promise<readonly string[]> => {
      asked += 1
      return new Promise((resolve) => {
        release = resolve
      })
    }
    const verifier = verifierOf({ reverse, addresses: () => Promise.resolve([]) })
    const first = verifier.verify(google, '192.0.2.1')
    expect(verifier.verify(google, '192.0.2.1')).toBe(first)
    expect(asked).toBe(1)
    release([])
    expect(await first).toBe('spoofed')
    for (let i = 0; i < maxLookups; i += 1) void verifier.verify(google, `198.51.100.${i}`)
    expect(verifier.verify(google, '203.0.113.1')).toBe('unknown')
  })

  it('is unknown while the name servers fail: that is no fault of the crawler', async () => {
    const failing = {
      reverse: () => Promise.reject(Object.assign(new Error('timeout'), { code: 'ETIMEOUT' })),
      addresses: () => Promise.resolve([]),
    }
    expect(await verifierOf(failing).verify(google, '192.0.2.1')).toBe('unknown')
  })

  it('is the published range where there is one: no name is looked up', () => {
    const verifier = new CrawlerVerifier({
      lookup: {
        reverse: () => Promise.reject(new Error('asked')),
        addresses: () => Promise.reject(new Error('asked')),
      },
      ranges: new Map([['Googlebot', createNetworkSet(['192.0.2.0/24', '2001:db8::/32'])]]),
      monotonicMs: () => 0,
    })
    expect(verifier.verify(google, '192.0.2.9')).toBe('verified')
    expect(verifier.verify(google, '2001:db8::9')).toBe('verified')
    expect(verifier.verify(google, '198.51.100.1')).toBe('spoofed')
  })

  it('compares addresses, not their spelling', async () => {
    const lookup = lookupOf({ names: ['a.googlebot.com'], forward: ['2001:DB8:0:0::1'] })
    expect(await verifierOf(lookup).verify(google, '2001:db8::1')).toBe('verified')
  })
})
