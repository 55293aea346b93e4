import { describe, expect, it } from 'vitest'
import { anyType, compileExpr, createHelpers, ExprError, GoTime, mapOf } from '../src/index.ts'
import type { Environment, Facilities } from '../src/index.ts'
import { ja4h } from '../src/helpers/ja4h.ts'
import { described, readVectors } from './expr-sample.ts'

const vectors = readVectors<readonly [source: string, expected: string]>('helpers.json')
const environment: Environment = { variables: { box: mapOf(anyType) } }

const maps: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>> = {
  'tags.json': [
    { pattern: '/exact', tag: 'equal', type: 'equals' },
    { pattern: '/part/', tag: 'part', type: 'contains' },
    { pattern: '^z+[0-9]$', tag: 'regex', type: 'regex' },
    { pattern: '(', tag: 'broken', type: 'regex' },
  ],
  'bots.json': [{ ua: '^GoodBot', range: '192.0.2.0/24' }],
}

function facilities(logged: string[] = []): Facilities {
  const stash = new Map([['s/k', 'stashed']])
  return {
    now: () => new GoTime(Date.UTC(2026, 0, 2, 3, 4, 5, 678)),
    files: {
      lines: (name) => (name === 'lines.txt' ? ['alpha', 'beta'] : undefined),
      regexps: (name) => (name === 'agents.txt' ? ['^curl/', '(?i)nikto', '('] : undefined),
      map: (name) => maps[name],
    },
    stash: {
      get: (name, key) => stash.get(`${name}/${key}`) ?? '',
      set: (name, key, value) => stash.set(`${name}/${key}`, value),
    },
    geo: {
      city: (ip) => (ip === '192.0.2.1' ? { isoCode: 'FR', latitude: 48, longitude: 2 } : undefined),
      asn: (ip) => (ip === '192.0.2.1' ? { number: 64_500, organization: 'Example' } : undefined),
      range: (ip) => (ip === '192.0.2.1' ? '192.0.2.0/24' : undefined),
    },
    decisions: {
      count: () => 4,
      countSince: (_, ms) => (ms === 3_600_000 ? 2 : 0),
      activeCount: () => 1,
      activeTimeLeftMs: () => 300_000,
    },
    injection: { isSqlInjection: (text) => text.includes(' or '), isXss: () => false },
    hostname: 'web1',
    log: (text) => logged.push(text),
  }
}

function run(source: string, backend: 'generate' | 'closures', logged?: string[]): string {
  const helpers = createHelpers(facilities(logged))
  try {
    return described(compileExpr(source, environment, { helpers, backend }).evaluate([new Map()]))
  } catch (error) {
    if (error instanceof ExprError && error.code === 'EXPR_RUN') return 'error'
    throw error
  }
}

describe.each(['generate', 'closures'] as const)('helpers, by %s', (backend) => {
  it.each(vectors)('%s gives %s', (source, expected) => {
    expect(run(source, backend)).toBe(expected)
  })
})

describe('helpers', () => {
  it('are all those of the reference, each tried by a vector', () => {
    const names = [...createHelpers(facilities()).keys()].filter((name) => name !== 'now')
    expect(names).toHaveLength(83)
    expect(names.filter((name) => !vectors.some(([source]) => source.includes(`${name}(`)))).toEqual([])
  })

  it('say in the log what LogInfo is given, and which pattern of a file was left out', () => {
    const logged: string[] = []
    run("LogInfo('seen %s', 'it') && RegexpInFile('x', 'agents.txt')", 'generate', logged)
    expect(logged).toContain('seen it')
    expect(logged.some((text) => text.startsWith('pattern left out'))).toBe(true)
  })

  it('answer as if empty when a facility is missing', () => {
    const helpers = createHelpers({ now: () => new GoTime(0) })
    const value = (source: string): unknown =>
      compileExpr(source, environment, { helpers }).evaluate([new Map()])
    expect(value("GetFromStash('a', 'b') + GeoIPRangeEnrich('x') + Hostname()")).toBe('')
    expect(value("File('x') == [] && FileMap('x') == [] && LookupFile('a', 'b') == ''")).toBe(true)
    expect(value("GetDecisionsCount('x') + GetActiveDecisionsCount('x')")).toBe(0n)
    expect(
      value("SetInStash('a', 'b', 'c') == nil && !LibInjectionIsSQLI('x') && !LibInjectionIsXSS('x')"),
    ).toBe(true)
  })

  it('use outgoing look-ups only when they were given', () => {
    const helpers = createHelpers({
      now: () => new GoTime(0),
      outgoing: {
        lookupHost: (name) => [`${name}/192.0.2.1`],
        http: (method, url, body) => ({ status: 200, body: `${method} ${url} ${body}` }),
        cti: () => ({ score: 5 }),
      },
    })
    const value = (source: string): unknown =>
      compileExpr(source, environment, { helpers }).evaluate([new Map()])
    expect(value("LookupHost('a')")).toEqual(['a/192.0.2.1'])
    expect(value("HTTPPost('http://x', 'b').Body")).toBe('POST http://x b')
    expect(value("HTTPGet('http://x').Status == 200 && CrowdsecCTI('1.1.1.1').score == 5")).toBe(true)
    expect(value("HTTPRequest('PUT', 'http://x', 'c').Body")).toBe('PUT http://x c')
  })

  it('fingerprint a request by its method, headers, language and cookies', () => {
    const Header = new Map([
      ['Accept', ['*/*']],
      ['Accept-Language', ['fr-FR,fr;q=0.9']],
      ['Cookie', ['b=2; a=1']],
      ['Referer', ['https://example.org/']],
    ])
    const made = ja4h({ Method: 'GET', Proto: 'HTTP/1.1', Header })
    expect(made).toMatch(/^ge11cr02frfr_[0-9a-f]{12}_[0-9a-f]{12}_[0-9a-f]{12}$/)
    expect(ja4h({ Method: 'POST', Proto: 'HTTP/2.0', Header: new Map() })).toBe(
      'po20nn000000_000000000000_000000000000_000000000000',
    )
    const other = ja4h({
      Method: 'GET',
      Proto: 'HTTP/1.1',
      Header: new Map([...Header, ['Cookie', ['a=1; b=3']]]),
    })
    expect(other.split('_')[2]).toBe(made.split('_')[2])
    expect(other.split('_')[3]).not.toBe(made.split('_')[3])
  })
})
