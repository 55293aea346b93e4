import { readConfig, compileConfig } from '@sevenfold/config'
import type { SiteConfig } from '@sevenfold/config'
import { describe, expect, it } from 'vitest'
import { defaultHttpLimits } from '../http/limits.ts'
import { parseRequestHead } from '../http/parse-request-head.ts'
import type { RequestHead } from '../http/request-head.ts'
import { findHeader } from '../http/header-list.ts'
import { cookieValue } from './cookie-value.ts'
import { GcraTable } from './gcra-table.ts'
import { RateKeys } from './rate-key.ts'
import { RateLimiter } from './rate-limiter.ts'
import type { ExactCounters, RateClient, RateRefusal } from './rate-limiter.ts'
import { routePath } from './route-path.ts'

function rateConfig(text: string): SiteConfig['rate'] {
  const site = `{ name: shop, listen: "127.0.0.1:1", upstream: "http://127.0.0.1:2", rate: ${text}, geo: { asnDatabase: a.mmdb } }`
  const read = readConfig(`version: 1\nsites: [${site}]\n`, 'x')
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('; '))
  const [compiled] = compileConfig(read.config, '/').parts.edge.sites
  if (compiled === undefined) throw new Error('no site')
  return compiled.rate
}

function headOf(method: string, target: string, headers = ''): RequestHead {
  const head = parseRequestHead(`${method} ${target} HTTP/1.1\r\nHost: a\r\n${headers}`, defaultHttpLimits)
  if ('refused' in head || !('method' in head)) throw new Error('refused')
  return head
}

const plain: RateClient = { address: '192.0.2.1', asn: 0, ja4: '', cookie: () => undefined }

class Bench {
  now = 1
  readonly limiter: RateLimiter
  readonly table = new GcraTable(1024)

  constructor(rate: string, exact: ExactCounters | null = null, index = 0) {
    const keys = new RateKeys(Buffer.from('0123456789abcdef'))
    this.limiter = new RateLimiter(rateConfig(rate), index, {
      table: this.table,
      keys,
      exact,
      monotonicMs: () => this.now,
    })
  }

  /** The rule that refuses a request, or empty. */
  ask(method: string, target: string, client: Partial<RateClient> = {}, headers = ''): string {
    const head = headOf(method, target, headers)
    const cookies = (name: string): string | undefined => cookieValue(findHeader(head.text, 'cookie'), name)
    const whole = { address: '192.0.2.1', asn: 0, ja4: '', cookie: cookies, ...client }
    for (const rule of this.limiter.rules) {
      const verdict = this.limiter.charge(rule, head, whole, () => routePath(head.target))
      if (verdict !== null) return verdict === 'ask' ? 'ask' : verdict.rule
    }
    return ''
  }
}

const times = (count: number, ask: () => string): string[] => Array.from({ length: count }, ask)

describe('rate limits', () => {
  it('count only the paths and methods of a rule, in whatever spelling they come', () => {
    const bench = new Bench('{ rules: [{ name: login, paths: [/login], methods: [POST], limit: 2 }] }')
    expect(bench.ask('GET', '/login')).toBe('')
    expect(bench.ask('POST', '/other')).toBe('')
    expect(['/login', '/LOGIN/', '/x/..//%6cogin?a'].map((path) => bench.ask('POST', path))).toEqual([
      '',
      '',
      'login',
    ])
  })

  const byKey: readonly (readonly [string, Partial<RateClient>, Partial<RateClient>, string, string])[] = [
    ['address', { address: '192.0.2.1' }, { address: '192.0.2.2' }, '', ''],
    ['prefix', { address: '192.0.2.1' }, { address: '192.0.3.1' }, '', ''],
    ['asn', { asn: 1 }, { asn: 2 }, '', ''],
    ['ja4', { ja4: 't13a' }, { ja4: 't13b' }, '', ''],
    ['session', {}, {}, 'Cookie: sid=1\r\n', 'Cookie: sid=2\r\n'],
    ['apiKey', {}, {}, 'X-Api-Key: 1\r\n', 'X-Api-Key: 2\r\n'],
  ]
  for (const [key, one, other, oneHeader, otherHeader] of byKey) {
    it(`by ${key} count each one by itself`, () => {
      const bench = new Bench(`{ sessionCookie: sid, rules: [{ name: r, key: ${key}, limit: 1 }] }`)
      expect(times(2, () => bench.ask('GET', '/', one, oneHeader))).toEqual(['', 'r'])
      expect(bench.ask('GET', '/', other, otherHeader)).toBe('')
    })
  }

  it('by route and by site count all clients together', () => {
    const route = new Bench('{ rules: [{ name: r, key: route, limit: 1 }] }')
    expect(route.ask('GET', '/a')).toBe('')
    expect(route.ask('GET', '/b')).toBe('')
    expect(route.ask('GET', '/a?x', { address: '198.51.100.9' })).toBe('r')
    const site = new Bench('{ rules: [{ name: s, key: site, limit: 1 }] }')
    expect(site.ask('GET', '/a')).toBe('')
    expect(site.ask('GET', '/b', { address: '198.51.100.9' })).toBe('s')
  })

  it('by what a client does not have do not count it', () => {
    const bench = new Bench(
      '{ sessionCookie: sid, rules: [{ name: a, key: session, limit: 1 }, { name: b, key: ja4, limit: 1 }, { name: c, key: asn, limit: 1 }] }',
    )
    expect(times(5, () => bench.ask('GET', '/'))).toEqual(['', '', '', '', ''])
  })

  it('of two sites do not touch each other', () => {
    const bench = new Bench('{ rules: [{ name: r, limit: 1 }] }')
    const keys = new RateKeys(Buffer.from('0123456789abcdef'))
    const other = new RateLimiter(rateConfig('{ rules: [{ name: r, limit: 1 }] }'), 1, {
      table: bench.table,
      keys,
      exact: null,
      monotonicMs: () => 1,
    })
    bench.ask('GET', '/')
    const [rule] = other.rules
    if (rule === undefined) throw new Error('no rule')
    expect(other.charge(rule, headOf('GET', '/'), plain, () => '/')).toBeNull()
  })

  it('say when to come again, in both headers', () => {
    const bench = new Bench('{ rules: [{ name: login, limit: 6, per: 1m, burst: 2 }] }')
    const [rule] = bench.limiter.rules
    if (rule === undefined) throw new Error('no rule')
    let verdict: RateRefusal | 'ask' | null = null
    for (let i = 0; i < 3; i += 1) {
      verdict = bench.limiter.charge(rule, headOf('GET', '/'), plain, () => '/')
    }
    expect(verdict).toEqual({
      rule: 'login',
      retryAfter: 10,
      fields: 'Retry-After: 10\r\nRateLimit-Policy: "login";q=2;w=20\r\nRateLimit: "login";r=0;t=30\r\n',
    })
    expect(bench.limiter.tell('192.0.2.1')).toBe(
      'RateLimit-Policy: "login";q=2;w=20\r\nRateLimit: "login";r=0;t=20\r\n',
    )
    expect(bench.limiter.tell('192.0.2.2')).toContain('r=2;t=0')
  })

  it('are asked of the primary where they are exact, and of the own table when that does not answer', () => {
    const asked: ((wait: number) => void)[] = []
    const bench = new Bench('{ rules: [{ name: login, limit: 1, exact: true }] }', {
      charge: (_key, _allowance, told) => void asked.push(told),
    })
    expect(bench.ask('GET', '/')).toBe('ask')
    const [rule] = bench.limiter.rules
    if (rule === undefined) throw new Error('no rule')
    const heard: (RateRefusal | null)[] = []
    for (let i = 0; i < 4; i += 1) {
      bench.limiter.chargeExact(rule, headOf('GET', '/'), plain, {
        path: () => '/',
        told: (refused) => void heard.push(refused),
      })
    }
    for (const [at, wait] of [0, 1500, -1, -1].entries()) asked[at]?.(wait)
    expect(heard.map((refused) => refused?.retryAfter ?? 0)).toEqual([0, 2, 0, 60])
  })

  it('let the exempt alone', () => {
    const bench = new Bench('{ exempt: [10.0.0.0/8] }')
    expect(bench.limiter.isExempt('10.1.2.3')).toBe(true)
    expect(bench.limiter.isExempt('192.0.2.1')).toBe(false)
  })
})

describe('work of the inspection', () => {
  it('is charged to the address, and refused when it is too much, until it is paid', () => {
    const bench = new Bench('{ work: { steps: 1000, per: 10s } }')
    bench.limiter.chargeWork('192.0.2.1', 900)
    expect(bench.limiter.workRefusal('192.0.2.1')).toBeNull()
    bench.limiter.chargeWork('192.0.2.1', 300)
    expect(bench.limiter.workRefusal('192.0.2.1')).toMatchObject({ rule: 'work', retryAfter: 2 })
    expect(bench.limiter.workRefusal('192.0.2.2')).toBeNull()
    bench.now += 2001
    expect(bench.limiter.workRefusal('192.0.2.1')).toBeNull()
  })
})
