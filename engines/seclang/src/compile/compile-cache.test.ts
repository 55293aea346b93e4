import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { noRuleFiles } from '../language/rule-files.ts'
import type { RuleFiles } from '../language/rule-files.ts'
import { createSeclangInspector } from '../transaction/seclang-inspector.ts'
import { CompileCache, maxAutomataBytes } from './compile-cache.ts'
import { compileRuleSet } from './compile-rule-set.ts'
import type { CompiledRuleSet } from './compiled-rule-set.ts'

const connection = {
  clientAddress: '192.0.2.7',
  clientPort: 1,
  serverAddress: '192.0.2.1',
  serverPort: 80,
  tls: false,
  requestId: 'cache',
  startedAtMs: 0,
}

/** Ids of the rules that a request matches. */
function matchesOf(ruleSet: CompiledRuleSet, target: string): readonly string[] {
  const inspection = createSeclangInspector(ruleSet).open(connection)
  const head = { kind: 'request', method: 'GET', target, version: '1.1', headers: ['Host', 'a'] } as const
  if (inspection.requestHead(head).kind === 'more') inspection.requestEnd()
  const ids = inspection.report().matches.map(({ ruleId }) => ruleId)
  inspection.close()
  return ids
}

const operators = [
  '@rx (?i)select.+from',
  '@rx ^[a-z]+$',
  '@rx [<>]script',
  '@pm alpha beta gamma',
  '@contains ../',
  '@streq stop',
  '@beginsWith /x',
  '@detectSQLi',
  '@within one two',
  '!@rx ^\\d+$',
]
const rule = fc.record({
  operator: fc.constantFrom(...operators),
  target: fc.constantFrom('ARGS', 'ARGS_NAMES', 'REQUEST_FILENAME', 'ARGS:q', 'REQUEST_URI'),
  chain: fc.constantFrom('', ',t:lowercase', ',t:urlDecodeUni,t:lowercase', ',t:removeWhitespace'),
})
const ruleSets = fc
  .array(rule, { minLength: 1, maxLength: 8 })
  .map((rules) =>
    [
      'SecRuleEngine On',
      ...rules.map(
        ({ operator, target, chain }, n) =>
          `SecRule ${target} "${operator}" "id:${n + 1},phase:1,pass${chain}"`,
      ),
      '',
    ].join('\n'),
  )
const targets = fc
  .array(
    fc.constantFrom(
      'q=stop',
      'a=SELECT%20x%20FROM%20y',
      'b=<script',
      'alpha=1',
      "c=1'%20or%20'1'='1",
      'd=../x',
      'q=12',
    ),
    { maxLength: 5 },
  )
  .map((pairs) => `/x?${pairs.join('&')}`)

describe('a compile cache', () => {
  it('changes no answer, whatever was compiled with it before', () => {
    fc.assert(
      fc.property(fc.array(ruleSets, { minLength: 2, maxLength: 4 }), targets, (texts, target) => {
        const cache = new CompileCache()
        for (const text of texts) {
          const source = [{ file: 'a.conf', text }]
          const cached = compileRuleSet(source, { files: noRuleFiles, cache })
          const alone = compileRuleSet(source, { files: noRuleFiles })
          expect(matchesOf(cached, target)).toEqual(matchesOf(alone, target))
        }
      }),
      { numRuns: 60 },
    )
  })

  it('keeps the answers of a rule set when another one is compiled after it', () => {
    const cache = new CompileCache()
    const compile = (text: string): CompiledRuleSet =>
      compileRuleSet([{ file: 'a.conf', text: `SecRuleEngine On\n${text}\n` }], { files: noRuleFiles, cache })
    const first = compile('SecRule ARGS "@rx foo.bar" "id:1,phase:1,pass"')
    compile('SecRule ARGS "@rx foo.bar|baz" "id:2,phase:1,pass"')
    compile('SecRule ARGS|REQUEST_URI "@rx foo.bar" "id:3,phase:1,pass"')
    expect(matchesOf(first, '/?a=foo-bar')).toEqual(['1'])
    expect(matchesOf(first, '/?a=baz')).toEqual([])
  })

  it('tells dialects apart', () => {
    const cache = new CompileCache()
    const text = 'SecRuleEngine On\nSecRule ARGS "@rx ^b$" "id:1,phase:1,pass"\n'
    const of = (dialect: 'crs' | 'libmodsecurity3'): readonly string[] =>
      matchesOf(
        compileRuleSet([{ file: 'a.conf', text }], { files: noRuleFiles, dialect, cache }),
        '/?a=a%0ab',
      )
    expect([of('crs'), of('libmodsecurity3'), of('crs')]).toEqual([[], ['1'], []])
  })

  it('tells data files of the same name apart', () => {
    const files: RuleFiles = {
      resolve: (path, from) => [from.replace(/[^/]*$/, path)],
      read: (path) => (path === 'one/words.data' ? 'red\n' : 'blue\n'),
    }
    const cache = new CompileCache()
    const of = (folder: string): readonly string[] => {
      const text = 'SecRuleEngine On\nSecRule ARGS "@pmFromFile words.data" "id:1,phase:1,pass"\n'
      return matchesOf(compileRuleSet([{ file: `${folder}/a.conf`, text }], { files, cache }), '/?a=blue')
    }
    expect([of('one'), of('two')]).toEqual([[], ['1']])
  })

  it('still refuses a pattern that was refused before', () => {
    const cache = new CompileCache()
    const compile = (): unknown =>
      compileRuleSet([{ file: 'a.conf', text: 'SecRule ARGS "@rx (a" "id:1,phase:1,pass"\n' }], {
        files: noRuleFiles,
        cache,
      })
    expect(compile).toThrow('a.conf:1')
    expect(compile).toThrow('a.conf:1')
  })

  it('bounds the automata of all its patterns together', () => {
    const cache = new CompileCache()
    const rules = Array.from(
      { length: 40 },
      (_, n) => `SecRule ARGS "@rx (?:a|b.{0,${n}}c){3}[xyz]" "id:${n + 1},phase:1,pass"`,
    )
    const ruleSet = compileRuleSet([{ file: 'a.conf', text: `SecRuleEngine On\n${rules.join('\n')}\n` }], {
      files: noRuleFiles,
      cache,
    })
    for (let n = 0; n < 40; n++) matchesOf(ruleSet, `/?a=${'abxcbaccb'.repeat(n * 20)}`)
    expect(cache.automata.usedBytes).toBeGreaterThan(0)
    expect(cache.automata.usedBytes).toBeLessThanOrEqual(maxAutomataBytes)
  })
})
