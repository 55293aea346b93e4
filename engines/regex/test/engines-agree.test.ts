import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { compareEngines, type CompareOptions } from './engines.ts'

const runs = Number(process.env['SEVENFOLD_FUZZ_RUNS'] ?? 600)

/** Patterns from pieces that make engines differ: nested and empty loops, lazy and counted repeats, conditions, captures. */
const pieces = fc.letrec<{ pattern: string; atom: string; piece: string }>((tie) => ({
  atom: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('a', 'b', 'c', '[ab]', '[^a]', '.', '\\w', '\\s', '\\n', 'é'),
    fc.constantFrom('^', '$', '\\b', '\\B', '\\A', '\\z', '(?m:^)', '(?m:$)'),
    tie('pattern').map((inner) => `(?:${inner})`),
    tie('pattern').map((inner) => `(${inner})`),
    tie('pattern').map((inner) => `(?i:${inner})`),
  ),
  piece: fc
    .tuple(
      tie('atom'),
      fc.constantFrom('', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,3}', '{2,}', '{0,2}?'),
    )
    .map(([atom, quantifier]) => atom + quantifier),
  pattern: fc
    .array(
      fc.array(tie('piece'), { maxLength: 4 }).map((list) => list.join('')),
      { minLength: 1, maxLength: 3 },
    )
    .map((branches) => branches.join('|')),
}))

const inputs = fc.array(
  fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'A', ' ', '\n', '\xe9', '_'), maxLength: 12 }),
  {
    minLength: 1,
    maxLength: 6,
  },
)

function expectAgreement(pattern: string, texts: readonly string[], options: CompareOptions): void {
  const compared = compareEngines(pattern, options)
  for (const text of texts) {
    const expected = compared.finders.get('pike')?.(text)
    for (const [name, find] of compared.finders)
      expect({ name, pattern, text, found: find(text) }).toEqual({ name, pattern, text, found: expected })
    expect({ pattern, text, test: compared.linear.test(text, 0) }).toEqual({
      pattern,
      text,
      test: expected !== null,
    })
  }
}

describe('all engines', { timeout: 600_000 }, () => {
  it('find the same match and captures over bytes', () => {
    fc.assert(
      fc.property(pieces.pattern, inputs, (pattern, texts) => {
        expectAgreement(pattern, texts, { mode: 'bytes' })
      }),
      { numRuns: runs },
    )
  })

  it('find the same match and captures over strings', () => {
    fc.assert(
      fc.property(pieces.pattern, inputs, (pattern, texts) => {
        expectAgreement(pattern, texts, { mode: 'string', ignoreCase: true })
      }),
      { numRuns: runs },
    )
  })

  it('agree while the cache is so small that it is emptied all the time', () => {
    fc.assert(
      fc.property(pieces.pattern, inputs, (pattern, texts) => {
        expectAgreement(pattern, texts, { mode: 'bytes', maxCacheBytes: 1 })
      }),
      { numRuns: runs },
    )
  })

  it('agree on code points outside the basic plane', () => {
    const text = fc.string({
      unit: fc.constantFrom('\u{1f600}', 'a', '\u20ac', '\u212a', '\ud83d'),
      maxLength: 8,
    })
    const pattern = fc.constantFrom(
      '.',
      '^.$',
      '[^a]+',
      '(\u{1f600}|a)*',
      '(?i)k',
      '\\w+|\u{1f600}',
      '[\u{1f600}-\u{1f610}]{2}',
      '.\\b',
    )
    fc.assert(
      fc.property(pattern, fc.array(text, { maxLength: 5 }), (source, texts) => {
        // re2js and V8 read a lone surrogate like the others, but re2js gives offsets inside pairs.
        expectAgreement(source, texts, { mode: 'string', withoutRe2: true })
      }),
      { numRuns: runs },
    )
  })

  it('agree on \\Z and $ before a final newline', () => {
    fc.assert(
      fc.property(pieces.pattern, inputs, (pattern, texts) => {
        expectAgreement(`(?:${pattern})\\Z`, texts, {
          mode: 'bytes',
          dollar: 'final-newline',
          withoutRe2: true,
        })
      }),
      { numRuns: runs },
    )
  })
})
