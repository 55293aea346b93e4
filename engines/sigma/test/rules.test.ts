import { describe, expect, it } from 'vitest'
import { compileSigma, sigmaLimits } from '../src/index.ts'
import type { SigmaEvent, SigmaErrorCode, SigmaMap, SigmaOptions, SigmaValue } from '../src/index.ts'

function rule(detection: SigmaMap, more: SigmaMap = {}): SigmaMap {
  return {
    title: 'rule',
    id: 'r',
    logsource: { category: 'test' },
    detection: { condition: 'selection', ...detection },
    ...more,
  }
}

function matches(detection: SigmaMap, event: SigmaEvent, options: SigmaOptions = {}): boolean {
  const set = compileSigma([{ source: 'test', value: rule(detection) }], options)
  const [problem] = set.problems
  if (problem !== undefined) throw problem.error
  return set.match(event, { category: 'test' }).length === 1
}

const cases: readonly (readonly [selection: SigmaValue, event: SigmaEvent, expected: boolean])[] = [
  [{ a: 'Value' }, { a: 'vALUE' }, true],
  [{ 'a|cased': 'Value' }, { a: 'value' }, false],
  [{ a: 'x', b: 'y' }, { a: 'x' }, false],
  [[{ a: 'x' }, { b: 'y' }], { b: 'y' }, true],
  [{ a: ['x', 'y'] }, { a: 'y' }, true],
  [{ 'a|contains|all': ['x', 'y'] }, { a: '-y-x-' }, true],
  [{ 'a|contains|all': ['x', 'y'] }, { a: '-x-' }, false],
  [{ a: 5 }, { a: '5' }, true],
  [{ a: 'True' }, { a: true }, true],
  [{ a: null }, {}, true],
  [{ a: null }, { a: null }, true],
  [{ a: null }, { a: '' }, false],
  [{ a: '' }, { a: '' }, true],
  [{ a: '' }, {}, false],
  [{ a: 'x' }, { a: ['w', 'X'] }, true],
  [{ 'a.b': 'x' }, { a: { b: 'x' } }, true],
  [{ 'a.b': 'x' }, { 'a.b': 'x' }, true],
  [['needle'], { any: { deep: ['a NEEDLE here'] } }, true],
  ['needle', { a: 'hay' }, false],
  [{ '|all': ['one', 'two'] }, { a: 'one', b: 'two' }, true],
  [{ 'a|re': '^[a-f]+$' }, { a: 'cafe' }, true],
  [{ 'a|re': 'CAFE' }, { a: 'cafe' }, false],
  [{ 'a|re|i': 'CAFE' }, { a: 'a cafe' }, true],
  [{ 'a|re|s': 'a.b' }, { a: 'a\nb' }, true],
  [{ 'a|re|m': '^b$' }, { a: 'a\nb' }, true],
  [{ 'a|exists': true }, { a: null }, true],
  [{ 'a|exists': false }, {}, true],
  [{ 'a|gte': 10 }, { a: '10' }, true],
  [{ 'a|gt': 10 }, { a: 10 }, false],
  [{ 'a|lt': 10 }, { a: 'x' }, false],
  [{ 'a|lte': 0 }, { a: '' }, false],
  [{ 'a|neq': 'x' }, { a: 'y' }, true],
  [{ 'a|neq': ['x', 'y'] }, { a: 'y' }, false],
  [{ 'a|startswith|neq': 'x' }, { a: 'xyz' }, false],
  [{ 'a|cidr': '10.0.0.0/8' }, { a: '10.1.2.3' }, true],
  [{ 'a|cidr': ['10.0.0.0/8', 'fe80::/10'] }, { a: 'fe80::1' }, true],
  [{ 'a|fieldref': 'b' }, { a: 'X', b: 'x' }, true],
  [{ 'a|fieldref|startswith': 'b' }, { a: 'prefix', b: 'pre' }, true],
  [{ 'a|fieldref|neq': 'b' }, { a: 'x', b: 'x' }, false],
  [{ 'a|base64offset|contains': '/bin/bash' }, { a: Buffer.from('x /bin/bash').toString('base64') }, true],
  [
    { 'a|wide|base64offset|contains': 'ping' },
    { a: Buffer.from('zz ping', 'utf16le').toString('base64') },
    true,
  ],
  [{ 'a|windash|contains': ' -enc ' }, { a: 'x /enc y' }, true],
  [{ 'a|hour': 23 }, { a: '2026-01-31T23:59:00Z' }, true],
  [{ 'a|week': 1 }, { a: '2025-12-29T00:00:00Z' }, true],
  [{ 'a|year': 2026 }, { a: '2025-12-31T23:59:59Z' }, false],
  [{ a: 'ΟΔΟΣ*' }, { a: 'οδοςx' }, true],
  [{ 'a|contains': 'ΔΟΣ' }, { a: 'ΟΔΟΣΣ' }, true],
]

describe('selections', () => {
  it.each(cases)('%j on %j → %s', (selection, event, expected) => {
    expect(matches({ selection }, event)).toBe(expected)
    expect(matches({ selection }, event, { prefilter: false })).toBe(expected)
  })

  it('takes an absent field for no match, so that its negation holds', () => {
    const detection = { selection: { a: 'x' }, filter: { b: 'y' }, condition: 'selection and not filter' }
    expect(matches(detection, { a: 'x' })).toBe(true)
  })

  it('takes several conditions as alternatives', () => {
    expect(matches({ one: { a: 'x' }, two: { a: 'y' }, condition: ['one', 'two'] }, { a: 'y' })).toBe(true)
  })

  it('leaves selections with a leading underscore out of them', () => {
    expect(matches({ a: { f: 'x' }, _b: { f: 'y' }, condition: 'all of them' }, { f: 'x' })).toBe(true)
  })

  it('puts in placeholder values, and refuses to load without them', () => {
    const detection = { selection: { 'user|expand': 'adm_%admins%' } }
    expect(matches(detection, { user: 'adm_ann' }, { placeholders: { admins: ['bob', 'ann'] } })).toBe(true)
    expect(() => matches(detection, {})).toThrow('%admins% has no values')
  })

  it('keeps the author of a rule with every match', () => {
    const set = compileSigma([{ source: 'x', value: rule({ selection: { a: 1 } }, { author: 'A. Writer' }) }])
    expect(set.match({ a: 1 }, { category: 'test' })[0]?.author).toBe('A. Writer')
  })

  it('looks only at rules whose log source fits', () => {
    const set = compileSigma([{ source: 'x', value: rule({ selection: { a: 1 } }) }])
    expect(set.match({ a: 1 }, { category: 'other' })).toEqual([])
    expect(set.match({ a: 1 }, { category: 'test', product: 'linux' })).toHaveLength(1)
  })
})

const refused: readonly (readonly [what: string, document: SigmaValue, code: SigmaErrorCode])[] = [
  ['a document that is a list', [], 'SIGMA_DOCUMENT'],
  ['no title', { detection: {} }, 'SIGMA_DOCUMENT'],
  ['no log source', { title: 'x', detection: { condition: 'a', a: 'x' } }, 'SIGMA_DOCUMENT'],
  ['no condition', { title: 'x', logsource: {}, detection: { a: 'x' } }, 'SIGMA_CONDITION'],
  ['a selection that is not there', rule({ condition: 'b', a: 'x' }), 'SIGMA_CONDITION'],
  ['an unknown modifier', rule({ selection: { 'a|fuzzy': 'x' } }), 'SIGMA_MODIFIER'],
  ['modifiers that contradict', rule({ selection: { 'a|re|startswith': 'x' } }), 'SIGMA_MODIFIER'],
  ['regular expression flags without one', rule({ selection: { 'a|contains|i': 'x' } }), 'SIGMA_MODIFIER'],
  ['a broken regular expression', rule({ selection: { 'a|re': '(' } }), 'SIGMA_REGEX'],
  ['a regular expression outside linear time', rule({ selection: { 'a|re': '(a)\\1' } }), 'SIGMA_REGEX'],
  ['a broken network', rule({ selection: { 'a|cidr': '10.0.0.0/99' } }), 'SIGMA_VALUE'],
  ['a comparison with a text', rule({ selection: { 'a|gt': 'much' } }), 'SIGMA_VALUE'],
  ['base64 of a wildcard', rule({ selection: { 'a|base64': 'x*' } }), 'SIGMA_VALUE'],
  ['a value that is a mapping', rule({ selection: { a: { b: 1 } } }), 'SIGMA_VALUE'],
  ['an empty list', rule({ selection: { a: [] } }), 'SIGMA_VALUE'],
  ['an empty selection', rule({ selection: {} }), 'SIGMA_DETECTION'],
  [
    'an old aggregation',
    rule({ selection: { a: 1 }, condition: 'selection | count() > 5' }),
    'SIGMA_CONDITION',
  ],
  ['a timeframe without correlation', rule({ selection: { a: 1 }, timeframe: '5m' }), 'SIGMA_DETECTION'],
  ['an old global document', { action: 'global', title: 'x' }, 'SIGMA_DOCUMENT'],
  [
    'a pattern one over the limit',
    rule({ selection: { a: 'x'.repeat(sigmaLimits.maxPatternLength + 1) } }),
    'SIGMA_LIMIT',
  ],
]

describe('documents that cannot be used', () => {
  it.each(refused)('are problems, not silence: %s', (_what, value, code) => {
    const set = compileSigma([
      { source: 'bad.yml', value },
      { source: 'good.yml', value: rule({ selection: { a: 1 } }) },
    ])
    expect(set.problems).toHaveLength(1)
    expect(set.problems[0]).toMatchObject({ source: 'bad.yml', error: { code } })
    expect(set.rules).toHaveLength(1)
  })

  it('do not include a pattern exactly at the limit', () => {
    const value = rule({ selection: { a: 'x'.repeat(sigmaLimits.maxPatternLength) } })
    expect(compileSigma([{ source: 'x', value }]).problems).toEqual([])
  })

  it('cut fields of events at their limit and do not crash on deep or strange ones', () => {
    let deep: unknown = 'needle'
    for (let i = 0; i < 50; i += 1) deep = { deep }
    expect(matches({ selection: ['needle'] }, { deep })).toBe(false)
    expect(
      matches(
        { selection: { 'a|endswith': 'end' } },
        { a: `${'x'.repeat(sigmaLimits.maxEventTextLength)}end` },
      ),
    ).toBe(false)
    expect(matches({ selection: { a: 'x' } }, { a: { toString: 'x' }, __proto__: null })).toBe(false)
  })
})

describe('filters', () => {
  const filter = (rules: SigmaValue, more: SigmaMap = {}): SigmaMap => ({
    title: 'no office',
    logsource: { category: 'test' },
    filter: { rules, selection: { ip: '192.0.2.1' }, condition: 'not selection' },
    ...more,
  })
  const run = (document: SigmaMap, event: SigmaEvent): number => {
    const set = compileSigma([
      { source: 'r', value: rule({ selection: { a: 1 } }) },
      { source: 'f', value: document },
    ])
    expect(set.problems).toEqual([])
    return set.match(event, { category: 'test' }).length
  }

  it('take away from the rules that they name', () => {
    expect(run(filter(['r']), { a: 1, ip: '192.0.2.1' })).toBe(0)
    expect(run(filter(['r']), { a: 1, ip: '192.0.2.2' })).toBe(1)
    expect(run(filter(['other']), { a: 1, ip: '192.0.2.1' })).toBe(1)
  })

  it('take away from any rule of their log source', () => {
    expect(run(filter('any'), { a: 1, ip: '192.0.2.1' })).toBe(0)
    expect(run(filter('any', { logsource: { category: 'else' } }), { a: 1, ip: '192.0.2.1' })).toBe(1)
  })
})
