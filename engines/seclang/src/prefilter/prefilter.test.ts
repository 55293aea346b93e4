import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { compileRuleSet, createSeclangInspector, noRuleFiles } from '../index.ts'
import { transformations } from '../transformations/registry.ts'
import { assignMarks, maxMarks } from './byte-marks.ts'
import { alwaysTrigger, changesOnlyCase, exactTriggerOf, triggerOf, triggerTable } from './byte-trigger.ts'
import { LinkScanner } from './link-scanner.ts'

const rules = `SecRuleEngine DetectionOnly
SecRequestBodyAccess On
SecAction "id:1,phase:1,nolog,pass,setvar:tx.level=2,setvar:tx.score=0"
SecRule TX:level "@lt 2" "id:2,phase:2,pass,nolog,skipAfter:END"
SecRule ARGS|ARGS_NAMES "@rx (?i)un\\s*ion\\s+select" "id:10,phase:2,pass,t:none,t:urlDecodeUni,capture,setvar:tx.score=+5"
SecRule ARGS "@pm script alert( onload" "id:11,phase:2,pass,t:none,t:htmlEntityDecode,t:lowercase,t:removeWhitespace"
SecRule ARGS "@contains ../" "id:12,phase:2,pass,t:none,t:utf8toUnicode,t:urlDecodeUni,t:normalizePath"
SecRule ARGS "@rx [a-z]{3}\\(" "id:13,phase:2,pass,t:none,t:base64Decode"
SecRule ARGS "@rx ;|\\|" "id:14,phase:2,pass,t:none,t:cmdLine,multiMatch"
SecRule ARGS "@detectSQLi" "id:15,phase:2,pass,t:none,t:urlDecodeUni"
SecRule ARGS "@detectXSS" "id:16,phase:2,pass,t:none,t:jsDecode,t:cssDecode"
SecRule ARGS "@validateByteRange 1-255" "id:17,phase:2,pass,t:none,t:urlDecodeUni"
SecRule ARGS "@validateUtf8Encoding" "id:18,phase:2,pass"
SecRule ARGS "@validateUrlEncoding" "id:19,phase:2,pass"
SecRule ARGS "@rx x+y?" "id:20,phase:2,pass,chain"
SecRule ARGS "@contains zz" "setvar:tx.score=+1"
SecRule ARGS "!@rx ^[ -~]*$" "id:21,phase:2,pass"
SecRule ARGS "@rx alert\\(" "id:22,phase:2,pass,t:none,t:htmlEntityDecode,t:removeWhitespace"
SecRule ARGS "@rx (?:\\.\\.)/" "id:23,phase:2,pass,t:none,t:utf8toUnicode,t:urlDecodeUni,t:removeNulls,t:cmdLine,t:normalizePathWin"
SecRule ARGS "@rx [;|]" "id:24,phase:2,pass,t:none,t:jsDecode,t:removeWhitespace,t:cssDecode"
SecRule ARGS "@contains <script" "id:25,phase:2,pass,t:none,t:removeWhitespace,t:base64Decode,t:htmlEntityDecode"
SecRule ARGS "@rx union" "id:26,phase:2,pass,t:none,t:lowercase"
SecRule ARGS "@rx [QX]Z" "id:27,phase:2,pass,t:none,t:uppercase"
SecRule ARGS "@rx ^SELECT$" "id:28,phase:2,pass,t:none,t:uppercase,t:trim"
SecRule ARGS "@rx q" "id:29,phase:2,pass,t:none,t:lowercase,t:removeWhitespace"
SecMarker END
SecRule TX:score "@ge 5" "id:30,phase:2,pass"
SecRule TX:level "@eq 2" "id:31,phase:2,pass"`

const fast = createSeclangInspector(compileRuleSet([{ file: 'a', text: rules }], { files: noRuleFiles }))
const plain = createSeclangInspector(
  compileRuleSet([{ file: 'a', text: rules }], { files: noRuleFiles, prefilter: false }),
)

function matched(inspector: typeof fast, values: readonly string[]): object {
  const inspection = inspector.open({
    clientAddress: '192.0.2.7',
    clientPort: 1,
    serverAddress: '192.0.2.1',
    serverPort: 80,
    tls: false,
    requestId: 'r',
    startedAtMs: 0,
  })
  const query = values.map(
    (value) => `p=${value.replaceAll(/[&+%#]/g, (unit) => `%${unit.charCodeAt(0).toString(16)}`)}`,
  )
  inspection.requestHead({
    kind: 'request',
    method: 'GET',
    target: `/?${query.join('&')}`,
    version: '1.1',
    headers: [],
  })
  inspection.requestEnd()
  inspection.close()
  return inspection.report().matches
}

const pieces = fc.constantFrom(
  'union',
  'UNI',
  'UNION',
  'Select',
  'Qz',
  'on',
  ' ',
  'select',
  '<script',
  'al',
  'ert(',
  '&lt;',
  '%2e%2e%2f',
  '../',
  '..\\',
  ';',
  '|',
  "'",
  ' or 1=1--',
  '\\x3c',
  '\0',
  '\xc3\xa9',
  '\xff',
  'x',
  'zz',
  '%zz',
  'YWJjKA==',
  'PHNjcmlwdD4=',
  'Jmx0O3NjcmlwdA==',
  '\\x3b',
  '&#x28;',
  '%7c',
  '\t',
  'onload',
  '"',
  '/*',
  '*/',
)
const value = fc.oneof(
  fc.array(pieces, { maxLength: 6 }).map((list) => list.join('')),
  fc.string({ unit: 'binary-ascii', maxLength: 30 }),
)

describe('the prefilter', () => {
  it('loses no match and changes no report, against evaluating every rule', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 12 }), (values) => {
        expect(matched(fast, values)).toEqual(matched(plain, values))
      }),
      { numRuns: 1500 },
    )
  })
})

const cased = ['lowercase', 'uppercase'] as const
const patterns = ['union', '[qx]', 'a|b', 'x?or', '^on$', 'qx|zx', '[a-c]1'] as const

describe('a rule that changes case', () => {
  it.each(cased.flatMap((name) => patterns.map((pattern) => [name, pattern] as const)))(
    'after t:%s finds %s in either case',
    (name, pattern) => {
      const written = name === 'lowercase' ? pattern : pattern.toUpperCase()
      const text = `SecRuleEngine On\nSecRule ARGS "@rx ${written}" "id:1,phase:2,pass,t:${name}"\n`
      const inspector = createSeclangInspector(
        compileRuleSet([{ file: 'case', text }], { files: noRuleFiles }),
      )
      const held = ['union', 'x', 'b', 'or', 'on', 'zx', 'c1', 'q'].filter((value) =>
        new RegExp(pattern).test(value),
      )
      expect(held).not.toEqual([])
      for (const value of held.flatMap((one) => [one, one.toUpperCase()]))
        expect(matched(inspector, [value])).toHaveLength(1)
    },
  )
})

describe('byte triggers', () => {
  const table = triggerTable()
  const flagsOf = (text: string): number => {
    let flags = 0
    for (let at = 0; at < text.length; at++) flags |= table[text.charCodeAt(at)] ?? 0
    return flags
  }
  const names = [...transformations.values()].map(({ name }) => name)

  it.each(names)('t:%s changes only values with one of its bytes', (name) => {
    const transformation = transformations.get(name.toLowerCase())
    fc.assert(
      fc.property(value, (text) => {
        const flags = flagsOf(text)
        const result = transformation?.apply(text) ?? text
        if (((flags | alwaysTrigger) & exactTriggerOf(name)) === 0) expect(result).toBe(text)
        if (((flags | alwaysTrigger) & triggerOf(name)) === 0)
          expect(result.toLowerCase()).toBe(text.toLowerCase())
        if (changesOnlyCase(name)) expect(result.toLowerCase()).toBe(text.toLowerCase())
      }),
      { numRuns: 300 },
    )
  })
})

describe('byte marks', () => {
  it('tell which sets a text meets', () => {
    const set = fc.uint8Array({ minLength: 256, maxLength: 256, max: 1 })
    fc.assert(
      fc.property(fc.array(set, { minLength: 1, maxLength: 4 }), fc.nat(255), (sets, unit) => {
        const { markOf, setMarks } = assignMarks(sets)
        for (const [number, marks] of setMarks.entries()) {
          if (marks === -1) continue
          expect(((markOf[unit] ?? 0) & marks) !== 0).toBe(sets[number]?.[unit] === 1)
        }
      }),
    )
  })

  it('drop sets that would need more marks than there are', () => {
    const single = (unit: number): Uint8Array =>
      Uint8Array.from({ length: 256 }, (_, at) => (at === unit ? 1 : 0))
    const { setMarks } = assignMarks(Array.from({ length: maxMarks + 1 }, (_, unit) => single(unit)))
    expect(setMarks.filter((marks) => marks === -1)).toHaveLength(1)
    expect(setMarks.at(-1)).toBe(-1)
  })
})

describe('the link scanner', () => {
  it('wants every clause and every set of bytes', () => {
    const parens = Uint8Array.from({ length: 256 }, (_, unit) => (unit === 40 ? 1 : 0))
    const scanner = new LinkScanner([
      { clauses: [['select', 'union'], ['from']], orBytes: null, byteSets: [] },
      { clauses: [['sleep']], orBytes: null, byteSets: [parens] },
      { clauses: [], orBytes: null, byteSets: [parens] },
      null,
    ])
    const links = (text: string): number => {
      scanner.scan(text)
      return scanner.hasBits ? (scanner.bits[0] ?? 0) : 0
    }
    expect(links('select x')).toBe(0)
    expect(links('UNION x FROM y')).toBe(1)
    expect(links('sleep')).toBe(0)
    expect(links('sleep(5)')).toBe(6)
    expect(links('(')).toBe(4)
    expect(links('')).toBe(0)
  })
})
