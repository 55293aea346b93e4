import { describe, expect, it } from 'vitest'
import { madeProof } from '../../test/made-proof.ts'
import { compareProofs } from '../baseline/compare-proofs.ts'
import { exitCodeOf } from '../command/exit-code.ts'
import type { Proof } from '../matrix/run-proof.ts'
import { escapeXml } from './escape-xml.ts'
import { htmlReport } from './html/html-report.ts'
import { junitReport } from './junit.ts'
import { navigatorLayer } from './navigator.ts'
import type { ReportExtras } from './report-extras.ts'
import { sarifReport } from './sarif.ts'

const date = new Date('2026-01-02T03:04:05Z')
const extras: ReportExtras = { minDepth: 0, date }

/** Extras whose baseline had one layer more against one attack. */
function fallenExtras(proof: Proof, id = 'sql-union-search'): ReportExtras {
  const attacks = proof.document.attacks.map((attack) =>
    attack.id === id ? { ...attack, depth: attack.depth + 1 } : attack,
  )
  return { ...extras, comparison: compareProofs({ ...proof.document, attacks }, proof) }
}

const hostile = '<script>alert("1")</script>\u0000\ud800'

describe('junitReport', () => {
  const proofs: readonly (readonly [string, Proof, ReportExtras])[] = [
    ['a sound proof', madeProof(), extras],
    ['an invalid attack', madeProof({ withInvalid: true }), extras],
    ['a blocked visit', madeProof({ benign: [{ name: 'buy', blocked: true, reason: hostile }] }), extras],
    ['too small a depth', madeProof(), { ...extras, minDepth: 1 }],
    ['a fallen depth', madeProof(), fallenExtras(madeProof())],
  ]

  it.each(proofs)('fails exactly when the command ends with 1: %s', (_name, proof, given) => {
    const text = junitReport(proof, given)
    const fails = /<(?:failure|error) /.test(text)
    expect(fails).toBe(exitCodeOf(proof, given.minDepth, given.comparison) === 1)
  })

  it.each(proofs)('counts what it holds: %s', (_name, proof, given) => {
    const text = junitReport(proof, given)
    const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0
    const [, tests, failures, errors, skipped] =
      /<testsuites name="sevenfold prove" tests="(\d+)" failures="(\d+)" errors="(\d+)" skipped="(\d+)"/.exec(
        text,
      ) ?? []
    expect([tests, failures, errors, skipped].map(Number)).toEqual([
      count(/<testcase /g),
      count(/<failure /g),
      count(/<error /g),
      count(/<skipped /g),
    ])
  })

  it('has one suite for each class, and says what happened', () => {
    const text = junitReport(madeProof(), fallenExtras(madeProof()))
    expect([...text.matchAll(/<testsuite name="([^"]+)"/g)].map((match) => match[1])).toEqual([
      'sql-injection',
      'xss',
      'header-spoofing',
      'innocent visits',
    ])
    expect(text).toContain('<failure message="depth fell from 3 to 2"/>')
    expect(text).toContain('<system-out>depth 1; with all layers: stopped</system-out>')
  })

  it('holds hostile text as text', () => {
    const text = junitReport(
      madeProof({ benign: [{ name: hostile, blocked: true, reason: hostile }] }),
      extras,
    )
    expect(text).not.toContain('<script')
    expect(text).not.toContain('\u0000')
    expect(text).toContain('&lt;script&gt;')
  })
})

describe('escapeXml', () => {
  it('keeps what XML allows and replaces what it does not', () => {
    expect(escapeXml('a\tb\n😀')).toBe('a\tb\n😀')
    expect(escapeXml('\u0001\u001f\ufffe\udc00\ud800x')).toBe('\ufffd\ufffd\ufffd\ufffd\ufffdx')
    expect(escapeXml(`<"'&>`)).toBe('&lt;&quot;&#39;&amp;&gt;')
  })
})

interface Sarif {
  readonly version: string
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } }
    readonly results: readonly {
      readonly ruleId: string
      readonly level: string
      readonly message: { readonly text: string }
      readonly locations: readonly unknown[]
    }[]
  }[]
}

describe('sarifReport', () => {
  const read = (proof: Proof, given = extras): Sarif['runs'][number] => {
    const sarif = JSON.parse(sarifReport(proof, given)) as Sarif
    expect(sarif.version).toBe('2.1.0')
    const [run] = sarif.runs
    if (run === undefined) throw new Error('no run')
    return run
  }

  it('has an error for an open attack and a warning for a single point of failure', () => {
    const { results } = read(madeProof())
    expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
      ['sql-cookie-base64', 'error'],
      ['xss-search-script', 'warning'],
      ['spoofed-address', 'error'],
    ])
    expect(results[1]?.message.text).toBe('T. Only edge stands against this attack.')
  })

  it('has an error for a depth that fell and for a blocked visit', () => {
    const proof = madeProof({ benign: [{ name: 'buy', blocked: true }] })
    const { results } = read(proof, fallenExtras(proof))
    expect(results[0]).toMatchObject({
      ruleId: 'sql-union-search',
      level: 'error',
      message: {
        text: 'T. More than one layer still stands against this attack. Its depth fell from 3 to 2.',
      },
    })
    expect(results.at(-1)?.message.text).toBe('The innocent visit "buy" is blocked: not served')
  })

  it('describes every rule that it names, and gives every finding a place', () => {
    const { tool, results } = read(madeProof({ benign: [{ name: 'buy', blocked: true }] }))
    const ids = new Set(tool.driver.rules.map(({ id }) => id))
    expect(results.every(({ ruleId, locations }) => ids.has(ruleId) && locations.length === 1)).toBe(true)
  })
})

describe('navigatorLayer', () => {
  it('scores each technique by its least defended attack', () => {
    const layer = JSON.parse(navigatorLayer(madeProof({ withInvalid: true }))) as Record<string, unknown>
    expect(layer['versions']).toMatchObject({ layer: '4.5' })
    expect(layer['domain']).toBe('enterprise-attack')
    expect(layer['techniques']).toMatchObject([
      { techniqueID: 'T1190', score: 0, enabled: true, metadata: { length: 4 } },
    ])
  })
})

describe('htmlReport', () => {
  it('is one page without scripts and without anything from elsewhere', () => {
    const text = htmlReport(madeProof(), extras)
    expect(text).not.toMatch(/<script|<link|<img|https?:|url\(|@import/)
    expect(text).toContain("default-src 'none'")
    expect(text).toContain('Made on 2026-01-02 03:04 UTC with <code>sevenfold prove --seed seed</code>')
  })

  it('gives the verdict, then the open attacks, then single points, then the map', () => {
    const text = htmlReport(madeProof(), extras)
    const places = [
      '<h1>How many layers stand?',
      'No layer stands: 2',
      'Only edge stands: 1',
      'When a layer fails',
      'Innocent visits</h2>',
      'Attack by layer',
    ].map((part) => text.indexOf(part))
    expect(places.every((place) => place > 0)).toBe(true)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(text.match(/<td class="(?:alone )?(?:stopped|detected|missed)"/g)).toHaveLength(4 * 3)
  })

  it('says what changed since the baseline', () => {
    const text = htmlReport(madeProof(), fallenExtras(madeProof()))
    expect(text).toContain('Depth fell: 1')
    expect(text).toContain('<code>sql-union-search</code>: depth 3 → 2')
    expect(htmlReport(madeProof(), extras)).not.toContain('baseline')
  })

  it('names blocked visits and errors of the test, and holds hostile text as text', () => {
    const blocked = { name: 'buy', blocked: true, reason: hostile }
    const text = htmlReport(madeProof({ withInvalid: true, benign: [blocked] }), extras)
    expect(text).toContain('Blocked: 1')
    expect(text).toContain('redos-coupon does not work with no layer')
    expect(text).not.toContain('<script')
  })

  it('closes every element that it opens', () => {
    const open: string[] = []
    const text = htmlReport(madeProof({ withInvalid: true }), fallenExtras(madeProof()))
    for (const [, slash, name = ''] of text.matchAll(/<(\/?)([a-z]\w*)/g)) {
      if (['meta', 'col'].includes(name)) continue
      if (slash === '') open.push(name)
      else expect(open.pop()).toBe(name)
    }
    expect(open).toEqual([])
  })
})
