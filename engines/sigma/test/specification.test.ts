import { describe, expect, it } from 'vitest'
import { compileSigma } from '../src/index.ts'
import type {
  SigmaErrorCode,
  SigmaEvent,
  SigmaMap,
  SigmaOptions,
  SigmaRuleSet,
  SigmaValue,
} from '../src/index.ts'

function compile(detection: SigmaMap, options: SigmaOptions = {}): SigmaRuleSet {
  const value = {
    title: 'r',
    logsource: { category: 'test' },
    detection: { condition: 'selection', ...detection },
  }
  return compileSigma([{ source: 'test', value }], options)
}

function matches(detection: SigmaMap, event: SigmaEvent, options: SigmaOptions = {}): boolean {
  const set = compile(detection, options)
  const [problem] = set.problems
  if (problem !== undefined) throw problem.error
  return set.match(event, { category: 'test' }).length === 1
}

type Case = readonly [selection: SigmaValue, event: SigmaEvent, expected: boolean]

const base64 = (text: string, encoding: BufferEncoding = 'utf8'): string =>
  Buffer.from(text, encoding).toString('base64')

// Modifiers appendix 2.1.0, in its order.
const generic: readonly Case[] = [
  [{ 'a|startswith|endswith': 'mid' }, { a: 'a mid b' }, true],
  [{ 'a|contains|startswith': 'mid' }, { a: 'a mid b' }, true],
  [{ 'a|startswith': 'mid' }, { a: 'a mid' }, false],
  [{ 'a|endswith|cased': 'Exe' }, { a: 'x.Exe' }, true],
  [{ 'a|endswith|cased': 'Exe' }, { a: 'x.exe' }, false],
  [{ 'a|cased|contains': 'Mid' }, { a: 'a Mid' }, true],
  [{ 'a|all|contains': ['x', 'y'] }, { a: 'yx' }, true],
  [{ 'a|exists': true }, { a: '' }, true],
  [{ 'a|exists': true }, { a: [] }, true],
  [{ 'a|exists': true }, { b: 1 }, false],
  [{ 'a|exists': false }, { a: null }, false],
  [{ 'a|neq': 'x' }, {}, true],
  [{ 'a|neq': 5 }, { a: 5 }, false],
  [{ 'a|contains|all|neq': ['x', 'y'] }, { a: 'x' }, true],
  [{ 'a|contains|all|neq': ['x', 'y'] }, { a: 'xy' }, false],
  [{ 'a|neq|cidr': '10.0.0.0/8' }, { a: '10.1.1.1' }, false],
]

const texts: readonly Case[] = [
  [{ 'a|windash|contains': ' -e ' }, { a: 'p \u2013e x' }, true],
  [{ 'a|windash|contains': ' -e ' }, { a: 'p \u2014e x' }, true],
  [{ 'a|windash|contains': ' -e ' }, { a: 'p \u2015e x' }, true],
  [{ 'a|windash|contains': ' /e ' }, { a: 'p -e x' }, true],
  [{ 'a|windash|contains': ' \u2014e ' }, { a: 'p -e x' }, true],
  [{ 'a|windash|contains': ' -no-op ' }, { a: 'p /no-op x' }, true],
  [{ 'a|windash|contains': ' -no-op ' }, { a: 'p /no/op x' }, false],
  [{ 'a|contains|windash': ' -a -b' }, { a: 'p /a \u2013b' }, true],
  [{ 'a|re': 'b.*d' }, { a: 'abcde' }, true],
  [{ 'a|re|contains': 'b.*d' }, { a: 'abcde' }, true],
  [{ 'a|re': '^b' }, { a: 'ab' }, false],
  [{ 'a|re': 'b.c' }, { a: 'b\nc' }, false],
  [{ 'a|re|ignorecase': 'ABC' }, { a: 'abc' }, true],
  [{ 'a|re|i|s': 'A.C' }, { a: 'a\nc' }, true],
  [{ 'a|re|multiline': '^b' }, { a: 'a\nb' }, true],
  [{ 'a|re|all': ['a', 'z'] }, { a: 'abc' }, false],
  [{ 'a|re': '^5$' }, { a: 5 }, true],
  [{ '|re': 'ne+dle' }, { any: ['x', { deep: 'a neeedle' }] }, true],
  [{ 'a|base64': 'secret' }, { a: base64('secret') }, true],
  [{ 'a|base64': 'secret' }, { a: base64('secrets') }, false],
  [{ 'a|base64|contains': 'abc' }, { a: `x ${base64('abc')} y` }, true],
  [{ 'a|wide|base64|contains': 'ping' }, { a: `-e ${base64('ping', 'utf16le')}` }, true],
  [{ 'a|utf16le|base64offset|contains': 'ping' }, { a: base64('xxping', 'utf16le') }, true],
  [
    { 'a|utf16be|base64|contains': 'ping' },
    { a: Buffer.from('ping', 'utf16le').swap16().toString('base64') },
    true,
  ],
  [{ 'a|utf16|base64|contains': 'ping' }, { a: base64('\ufeffping', 'utf16le') }, true],
  ...[0, 1, 2, 3].map((shift): Case => [
    { 'a|base64offset|contains': 'http://é' },
    { a: base64(`${'x'.repeat(shift)}http://é!`) },
    true,
  ]),
  [{ 'a|wide': 'cmd' }, { a: 'c\0m\0d\0' }, true],
  [{ 'a|wide|contains': 'c*d' }, { a: 'xc\0MM\0d\0y' }, true],
  [{ 'a|utf16be': 'cmd' }, { a: '\0c\0m\0d' }, true],
]

const numbers: readonly Case[] = [
  [{ 'a|lt': 5 }, { a: 4.5 }, true],
  [{ 'a|lte': 5 }, { a: '5' }, true],
  [{ 'a|gt': -1 }, { a: 0 }, true],
  [{ 'a|gte': 5 }, { a: [1, 7] }, true],
  [{ 'a|gte': 5 }, { a: 'seven' }, false],
  [{ 'a|gte': 5 }, {}, false],
  [{ 'a|gte|neq': 5 }, { a: 4 }, true],
  [{ 'a|minute': 7 }, { a: '2026-03-01 10:07:59' }, true],
  [{ 'a|hour': 22 }, { a: '2026-03-01T23:30:00+01:00' }, true],
  [{ 'a|hour': [22, 23] }, { a: '2026-03-01T23:30:00Z' }, true],
  [{ 'a|hour|gte': 22 }, { a: '2026-03-01T23:30:00Z' }, true],
  [{ 'a|hour|gte': 22 }, { a: '2026-03-01T21:59:59Z' }, false],
  [{ 'a|hour|lt': 6 }, { a: '2026-03-01T05:59:59.999Z' }, true],
  [{ 'a|hour|lt': 6 }, { a: 'not a time' }, false],
  [{ 'a|day': 1 }, { a: '2026-03-01' }, true],
  [{ 'a|day': 30 }, { a: '2026-02-30' }, false],
  [{ 'a|week': 53 }, { a: '2027-01-01' }, true],
  [{ 'a|month': 10 }, { a: '10/Oct/2000:13:55:36 -0700' }, true],
  [{ 'a|hour': 20 }, { a: '10/Oct/2000:13:55:36 -0700' }, true],
  [{ 'a|year': 2026 }, { a: 1_772_409_600 }, true],
  [{ 'a|year': 2026 }, { a: 1_772_409_600_000 }, true],
  [{ 'a|year': 2026 }, { a: '1772409600.123456' }, true],
  [{ 'a|year': 2026 }, { a: '1772409600000000000' }, true],
  [{ 'a|cidr': '192.0.2.0/25' }, { a: '192.0.2.127' }, true],
  [{ 'a|cidr': '192.0.2.0/25' }, { a: '192.0.2.128' }, false],
  [{ 'a|cidr': '2001:db8::/32' }, { a: '2001:DB8:ffff::1' }, true],
  [{ 'a|cidr': '0.0.0.0/0' }, { a: '::1' }, false],
  [{ 'a|cidr': '192.0.2.7' }, { a: '192.0.2.7' }, true],
]

const specific: readonly Case[] = [
  [{ 'a|fieldref': 'b' }, { a: 5, b: '5' }, true],
  [{ 'a|fieldref': 'b' }, { a: 'x' }, false],
  [{ 'a|fieldref': 'b' }, {}, false],
  [{ 'a|fieldref|endswith': 'b' }, { a: 'a-end', b: 'END' }, true],
  [{ 'a|fieldref|contains': 'b' }, { a: 'a-mid-b', b: 'mid' }, true],
  [{ 'a|fieldref|cased': 'b' }, { a: 'X', b: 'x' }, false],
  [{ 'a|fieldref|contains|neq': 'b' }, { a: 'abc', b: 'z' }, true],
]

// Rules specification 2.1.0: wildcards, escaping, special values, lists and keywords.
const values: readonly Case[] = [
  [{ a: 'prog?.exe' }, { a: 'progA.exe' }, true],
  [{ a: 'prog?.exe' }, { a: 'prog.exe' }, false],
  [{ a: 'v*.exe' }, { a: 'v.exe' }, true],
  [{ a: 'C:\\Windows\\x' }, { a: 'c:\\windows\\X' }, true],
  [{ a: 'C:\\\\Windows' }, { a: 'C:\\Windows' }, true],
  [{ a: 'what\\?' }, { a: 'what?' }, true],
  [{ a: 'what\\?' }, { a: 'whatx' }, false],
  [{ a: '100\\*' }, { a: '100*' }, true],
  [{ a: '100\\*' }, { a: '1000' }, false],
  [{ a: 'C:\\\\*' }, { a: 'C:\\anything' }, true],
  [{ a: 'C:\\\\\\*' }, { a: 'C:\\*' }, true],
  [{ a: 'C:\\\\\\*' }, { a: 'C:\\x' }, false],
  [{ a: '\\\\\\\\host' }, { a: '\\\\host' }, true],
  [{ a: '\\\\\\host' }, { a: '\\\\host' }, true],
  [{ a: '*' }, { a: '' }, true],
  [{ a: '*' }, {}, false],
  [{ 'a|contains': '' }, { a: 'x' }, true],
  [{ a: '' }, { a: null }, false],
  [{ a: null }, { a: 'x' }, false],
  [{ a: ['x', null] }, {}, true],
  [{ a: false }, { a: 'False' }, true],
  [{ a: 4625 }, { a: '4625' }, true],
  [{ a: '4625' }, { a: 4625 }, true],
  [{ a: '%name%' }, { a: '%NAME%' }, true],
  [[{ a: 'x', b: 'y' }, { c: 'z' }], { a: 'x', c: 'z' }, true],
  [[{ a: 'x', b: 'y' }, { c: 'z' }], { a: 'x' }, false],
  [['one*two'], { a: 'say one or two' }, true],
  [[4625], { a: { b: 4625 } }, true],
  [['x', { a: 'y' }], { a: 'Y' }, true],
  [{ 'list.name': 'x' }, { list: [{ name: 'w' }, { name: 'X' }] }, true],
  [{ 'list.in.name': 'x' }, { list: [{ in: [{ name: 'x' }] }, {}] }, true],
  [{ 'list.name|exists': false }, { list: [{ other: 1 }] }, true],
]

const tables: Readonly<Record<string, readonly Case[]>> = { generic, texts, numbers, specific, values }

describe.each(Object.entries(tables))('the specification: %s', (_name, cases) => {
  it.each(cases)('%j on %j → %s', (selection, event, expected) => {
    expect(matches({ selection }, event)).toBe(expected)
    expect(matches({ selection, other: { z: 'zzz' }, condition: 'selection or other' }, event)).toBe(expected)
    expect(matches({ selection, condition: 'not selection' }, event)).toBe(!expected)
  })
})

const abc = (condition: string | string[]): SigmaMap => ({
  sel_a: { a: 1 },
  sel_b: { b: 1 },
  other: { c: 1 },
  _hidden: { d: 1 },
  condition,
})

describe('the specification: conditions', () => {
  it.each([
    ['sel_a or sel_b and other', { a: 1 }, true],
    ['(sel_a or sel_b) and other', { a: 1 }, false],
    ['not sel_a and sel_b', { b: 1 }, true],
    ['not (sel_a and sel_b)', { a: 1 }, true],
    ['not not sel_a', { a: 1 }, true],
    ['1 of sel_*', { b: 1 }, true],
    ['any of sel_*', { b: 1 }, true],
    ['all of sel_*', { b: 1 }, false],
    ['all of sel_*', { a: 1, b: 1 }, true],
    ['1 of *_b', { b: 1 }, true],
    ['1 of them', { d: 1 }, false],
    ['1 of *', { d: 1 }, false],
    ['all of them', { a: 1, b: 1, c: 1 }, true],
    ['1 of _*', { d: 1 }, true],
    ['_hidden', { d: 1 }, true],
    ['sel_a and not 1 of sel_b*', { a: 1 }, true],
    ['not 1 of them', {}, true],
    ['((((sel_a))))', { a: 1 }, true],
    [['sel_a', 'sel_b and other'], { a: 1 }, true],
  ] as const)('%s on %j → %s', (condition, event, expected) => {
    expect(matches(abc(typeof condition === 'string' ? condition : [...condition]), event)).toBe(expected)
  })

  it('may call a selection rules', () => {
    expect(matches({ rules: { a: 1 }, condition: 'rules' }, { a: 1 })).toBe(true)
  })
})

describe('the specification: placeholders', () => {
  const options = {
    placeholders: { name: ['ann', 'bo*'], net: ['10.0.0.0/8', '192.0.2.0/24'], one: ['ann'] },
  }

  it.each([
    [{ 'a|expand': '%name%' }, { a: 'BOB' }, true],
    [{ 'a|expand': 'x-%name%' }, { a: 'x-eve' }, false],
    [{ 'a|expand': '\\%plain%name%' }, { a: '%plainann' }, true],
    [{ 'a|expand': '100\\%' }, { a: '100%' }, true],
    [{ 'a|expand|neq': '%name%' }, { a: 'eve' }, true],
    [{ 'a|contains|expand': '%name%' }, { a: 'for ann only' }, true],
    [{ 'a|cidr|expand': '%net%' }, { a: '192.0.2.9' }, true],
    [{ 'a|re|expand': '^%name%$' }, { a: 'ann' }, true],
    [{ 'a|fieldref|expand': '%one%' }, { a: 'x', ann: 'x' }, true],
  ] as const)('%j on %j → %s', (selection, event, expected) => {
    expect(matches({ selection }, event, options)).toBe(expected)
  })

  it('are refused where they have no value', () => {
    expect(compile({ selection: { 'a|expand': '%who%' } }, options).problems[0]?.error).toMatchObject({
      code: 'SIGMA_PLACEHOLDER',
      message: 'placeholder %who% has no values',
    })
  })
})

const refused: readonly (readonly [string, SigmaErrorCode, SigmaValue])[] = [
  ['two encodings of base64', 'SIGMA_MODIFIER', { 'a|base64|base64offset': 'x' }],
  ['two comparisons', 'SIGMA_MODIFIER', { 'a|gt|lt': 5 }],
  ['two parts of a time', 'SIGMA_MODIFIER', { 'a|hour|minute': 5 }],
  ['two types', 'SIGMA_MODIFIER', { 'a|re|cidr': 'x' }],
  ['an encoding behind base64', 'SIGMA_MODIFIER', { 'a|base64|wide': 'x' }],
  ['wildcards put before base64', 'SIGMA_MODIFIER', { 'a|contains|base64': 'x' }],
  ['a changed regular expression', 'SIGMA_MODIFIER', { 'a|windash|re': '-x' }],
  ['a flag before its expression', 'SIGMA_MODIFIER', { 'a|i|re': 'x' }],
  ['a comparison of keywords', 'SIGMA_MODIFIER', { '|gt': 5 }],
  ['presence of keywords', 'SIGMA_MODIFIER', { '|exists': true }],
  ['presence that is a text', 'SIGMA_VALUE', { 'a|exists': 'yes' }],
  ['a place in a network', 'SIGMA_MODIFIER', { 'a|cidr|contains': '10.0.0.0/8' }],
  ['UTF-16 with its mark and no base64', 'SIGMA_MODIFIER', { 'a|utf16': 'x' }],
  ['wide text beyond ASCII', 'SIGMA_VALUE', { 'a|wide': 'é' }],
  ['a reference with a wildcard', 'SIGMA_VALUE', { 'a|fieldref': 'b*' }],
  ['a part of a time that is a text', 'SIGMA_VALUE', { 'a|hour': 'noon' }],
]

describe('the specification: what is refused rather than matched wrongly', () => {
  it.each(refused)('%s', (_what, code, selection) => {
    expect(compile({ selection }).problems.map(({ error }) => error.code)).toEqual([code])
  })

  it('a second rule with the same id, named; the first one works', () => {
    const rule = (a: number): SigmaMap => ({
      title: `r${a}`,
      id: 'same',
      logsource: {},
      detection: { selection: { a }, condition: 'selection' },
    })
    const set = compileSigma([
      { source: 'one', value: rule(1) },
      { source: 'two', value: rule(2) },
    ])
    expect(set.problems).toMatchObject([{ source: 'two', error: { code: 'SIGMA_DUPLICATE' } }])
    expect(set.match({ a: 1 }, {})).toHaveLength(1)
  })
})

describe('log sources', () => {
  it('are told without letter case', () => {
    const value = {
      title: 'r',
      logsource: { product: 'Windows' },
      detection: { selection: { a: 1 }, condition: 'selection' },
    }
    const set = compileSigma([{ source: 'r', value }])
    expect(set.match({ a: 1 }, { product: 'WINDOWS', service: 'System' })).toHaveLength(1)
  })
})

describe('events that hold more than is looked at', () => {
  // Enough rules for a prefilter.
  const documents = Array.from({ length: 20 }, (_, n) => ({
    source: String(n),
    value: {
      title: `needle${n}`,
      logsource: {},
      detection: { selection: { 'a.b.c.d.e.f.g.h.i.j.k': `needle${n}` }, condition: 'selection' },
    },
  }))

  it('lose no match of a named field to the prefilter', () => {
    const deep = 'abcdefghijk'.split('').reduceRight<unknown>((value, key) => ({ [key]: value }), 'needle7')
    const wide = Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`f${n}`, n]))
    const set = compileSigma(documents)
    const event = { ...wide, ...(deep as SigmaEvent) }
    expect(set.match(event, {}).map(({ title }) => title)).toEqual(['needle7'])
    expect(set.match(deep as SigmaEvent, {}).map(({ title }) => title)).toEqual(['needle7'])
  })
})
