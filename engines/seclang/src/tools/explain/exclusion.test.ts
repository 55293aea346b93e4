import { describe, expect, it } from 'vitest'
import { compileRuleSet } from '../../compile/compile-rule-set.ts'
import { noRuleFiles } from '../../language/rule-files.ts'
import { createSeclangInspector } from '../../transaction/seclang-inspector.ts'
import { evaluateRequest } from '../eval/evaluate-request.ts'
import { exclusionText } from './exclusion.ts'

const rules =
  'SecRuleEngine On\nSecRule ARGS|REQUEST_HEADERS "@contains bad" "id:1,phase:2,deny,status:403"\n'

function verdict(exclusion: string, uri: string): string {
  const texts = [
    { file: 'exclusion', text: exclusion },
    { file: 'rules', text: rules },
  ]
  const set = compileRuleSet(texts, { files: noRuleFiles })
  return evaluateRequest({ id: 'x', method: 'GET', uri }, createSeclangInspector(set)).verdict
}

const text = (path: string, variable: string | null = 'ARGS:q'): string =>
  exclusionText({ ruleId: '1', path, variable, id: 10 })

describe('exclusionText', () => {
  const paths = [
    '/',
    '/search',
    '/a%20b',
    '/a,b;c',
    "/it's",
    '/caf%C3%A9',
    '/a%b',
    '/100%25',
    `/${'x'.repeat(2047)}`,
  ]
  for (const path of paths) {
    it(`leaves one parameter of ${path.slice(0, 20)} alone, and nothing else`, () => {
      expect(verdict('', `${path}?q=bad`)).toBe('block')
      expect(verdict(text(path), `${path}?q=bad`)).toBe('pass')
      expect(verdict(text(path), `${path}?p=bad`)).toBe('block')
      expect(verdict(text(path), `${path}x?q=bad`)).toBe('block')
    })
  }

  it('leaves a whole rule out on one path when there is no variable', () => {
    expect(verdict(text('/a', null), '/a?q=bad&p=bad')).toBe('pass')
    expect(verdict(text('/a', null), '/b?q=bad')).toBe('block')
  })

  const unsafe: readonly (readonly [string, string | null])[] = [
    ['/a"b', 'ARGS:q'],
    ['/a%22b', 'ARGS:q'],
    ['/a\\b', 'ARGS:q'],
    ['/a%5cb', 'ARGS:q'],
    ['/a%25{tx.x}', 'ARGS:q'],
    ['/a%0ab', 'ARGS:q'],
    ['/a%20', 'ARGS:q'],
    [`/${'x'.repeat(2048)}`, 'ARGS:q'],
    ['', 'ARGS:q'],
    ['/a', 'ARGS:q"'],
    ['/a', 'ARGS:q,deny'],
    ['/a', 'ARGS:q;id'],
    ['/a', "ARGS:q'"],
    ['/a', 'ARGS:/.*/'],
    ['/a', 'ARGS:a b'],
    ['/a', '&ARGS'],
    ['/a', '!ARGS:q'],
    ['/a', 'ARGS|TX'],
  ]
  for (const [path, variable] of unsafe) {
    it(`writes nothing for ${JSON.stringify(path.slice(0, 20))} and ${JSON.stringify(variable)}`, () => {
      expect(() => text(path, variable)).toThrow(/holds characters/)
    })
  }

  it('writes nothing for a rule that is no number', () => {
    expect(() => exclusionText({ ruleId: '1,deny', path: '/', variable: null, id: 1 })).toThrow(
      'not a number',
    )
  })
})
