import { describe, expect, it } from 'vitest'

import { compareEngines } from '../../test/engines.ts'
import { v8Source } from './v8-source.ts'

function translate(pattern: string, mode: 'bytes' | 'string' = 'bytes'): string | undefined {
  return v8Source(compareEngines(pattern, { mode, withoutRe2: true }).node, mode === 'string')?.source
}

describe('v8Source', () => {
  const rows: readonly (readonly [pattern: string, source: string])[] = [
    ['abc', 'abc'],
    ['(?i)ab', '[Aa][Bb]'],
    ['\\s', '[\\x09-\\x0d\\x20]'],
    ['(?s).', '[^]'],
    ['.', '[\\x00-\\x09\\x0b-\\xff]'],
    ['\\x{e3}', '\\xe3'],
    ['[^\\x00-\\xff]', '[]'],
    ['^a$', '^a$'],
    ['(?m)^a$', '(?<![^\\n])a(?![^\\n])'],
    ['a\\Z', 'a(?=\\n?$)'],
    ['\\ba\\B', '\\ba\\B'],
    ['(a|b)c', '(a|b)c'],
    ['(?:a|b)c', '(?:a|b)c'],
    ['(?:ab)+?', '(?:ab)+?'],
    ['a{2,3}b{2}c{2,}', 'a{2,3}b{2}c{2,}'],
    ['a|', 'a|(?:)'],
    ['\\/\\.\\*', '\\x2f\\x2e\\x2a'],
  ]
  it.each(rows)('writes %j as %j', (pattern, source) => {
    expect(translate(pattern)).toBe(source)
  })

  it('writes code points for the u flag', () => {
    expect(translate('\u20ac[\u{1f600}-\u{1f64f}]', 'string')).toBe('\\u{20ac}[\\u{1f600}-\\u{1f64f}]')
  })

  it.each(['(?:a?)*', '(?:a|)+', '(?:\\b)*', '(?:(a)|b)*', '(?:(a)?b)+', '(a*)?', '(?:a?){3}'])(
    'has no counterpart for %j',
    (pattern) => {
      expect(translate(pattern)).toBeUndefined()
    },
  )

  it.each(['(a)*', '(?:(a)b)+', '(a|b)*', '(?:(a)|b)?', '(?:ab?)*'])(
    'has a counterpart for %j',
    (pattern) => {
      expect(translate(pattern)).toBeDefined()
    },
  )
})
