import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { compileRegex } from '../src/compile-regex.ts'
import { RegexError } from '../src/error.ts'
import { countGroups, findReference, mayBeEmpty, text, type One, type Shape } from './reference-matcher.ts'

import type { Regex, RegexOptions } from '../src/regex.ts'

const runs = {
  numRuns: Number(process.env['SEVENFOLD_FUZZ_RUNS'] ?? 300),
  seed: Number(process.env['SEVENFOLD_FUZZ_SEED'] ?? 20_261_122),
  verbose: 1,
} as const
const letters = ['a', 'b', ' ', '\n', '-']

const one: fc.Arbitrary<One> = fc.oneof(
  fc.constantFrom(...letters).map((char): One => ({ kind: 'char', char })),
  fc
    .tuple(fc.subarray(letters, { minLength: 1 }), fc.boolean())
    .map(([chars, negated]): One => ({ kind: 'set', chars: chars.join(''), negated })),
  fc.constant<One>({ kind: 'any' }),
)

/** Patterns with many possessive runs; loops go round on parts that take something, because engines differ in others. */
const { shape: shapes } = fc.letrec<{ shape: Shape; part: Shape }>((tie) => ({
  shape: fc.oneof(
    { weight: 3, arbitrary: sequenceOf(tie('part')) },
    fc
      .array(sequenceOf(tie('part')), { minLength: 2, maxLength: 3 })
      .map((parts): Shape => ({ kind: 'choice', parts })),
  ),
  part: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 4, arbitrary: one },
    {
      weight: 5,
      arbitrary: fc
        .tuple(one, fc.constantFrom(0, 1, 2))
        .map(([of, min]): Shape => ({ kind: 'run', of, min })),
    },
    { weight: 1, arbitrary: fc.constant<Shape>({ kind: 'end' }) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(
          tie('shape').filter((part) => !mayBeEmpty(part)),
          fc.constantFrom([0, Infinity], [1, Infinity], [0, 1], [2, 2]),
          fc.boolean(),
        )
        .map(([part, [min = 0, max = 0], lazy]): Shape => ({ kind: 'loop', part, min, max, lazy })),
    },
    { weight: 1, arbitrary: tie('shape').map((part): Shape => ({ kind: 'group', part })) },
  ),
}))

function sequenceOf(part: fc.Arbitrary<Shape>): fc.Arbitrary<Shape> {
  return fc.array(part, { minLength: 1, maxLength: 5 }).map((parts): Shape => ({ kind: 'sequence', parts }))
}

const inputs = fc.array(fc.string({ unit: fc.constantFrom(...letters), maxLength: 12 }), {
  minLength: 1,
  maxLength: 6,
})

/** The pattern compiled; undefined when barring is refused for its size. */
function compiled(pattern: string, options: RegexOptions): Regex | undefined {
  try {
    return compileRegex(pattern, options)
  } catch (error) {
    if (error instanceof RegexError && error.code === 'REGEX_LIMIT') return undefined
    throw error
  }
}

const ways: readonly (readonly [string, RegexOptions])[] = [
  ['over bytes', { mode: 'bytes' }],
  ['over strings', { mode: 'string', dialect: 'pcre' }],
  ['without V8', { mode: 'bytes', engine: 'linear' }],
  ['with a cache that never suffices', { mode: 'bytes', engine: 'linear', limits: { maxCacheBytes: 1 } }],
]

describe('a pattern with possessive runs and its reference', { timeout: 600_000 }, () => {
  it.each(ways)('find the same match with the same groups %s', (_, options) => {
    fc.assert(
      fc.property(shapes, inputs, (shape, texts) => {
        const regex = compiled(text(shape), options)
        if (regex === undefined) return
        expect(regex.groupCount).toBe(countGroups(shape) + 1)
        for (const input of texts) {
          const expected = findReference(shape, input)
          if (expected === undefined) continue
          const found = regex.exec(input)
          expect(found === null ? null : [...found.captures]).toEqual(expected)
          expect(regex.test(input)).toBe(expected !== null)
        }
      }),
      runs,
    )
  })

  it('never find more than the ordinary pattern does', () => {
    fc.assert(
      fc.property(shapes, inputs, (shape, texts) => {
        const possessive = compiled(text(shape), {})
        const ordinary = compileRegex(text(asOrdinary(shape)))
        for (const input of texts)
          if (possessive?.test(input) === true) expect(ordinary.test(input)).toBe(true)
      }),
      runs,
    )
  })

  it('need no literal and no byte that a match lacks', () => {
    fc.assert(
      fc.property(shapes, inputs, (shape, texts) => {
        const regex = compiled(text(shape), {})
        if (regex === undefined) return
        const { requiredLiterals, requiredBytes, minLength } = regex
        for (const input of texts) {
          if (findReference(shape, input) === null) continue
          if (!regex.test(input)) continue
          expect(input.length).toBeGreaterThanOrEqual(minLength)
          for (const clause of requiredLiterals)
            expect(clause.some((literal) => input.toLowerCase().includes(literal.toLowerCase()))).toBe(true)
          if (requiredBytes !== undefined)
            expect(Array.from(input).some((char) => requiredBytes[char.charCodeAt(0)] === 1)).toBe(true)
        }
      }),
      runs,
    )
  })
})

function asOrdinary(shape: Shape): Shape {
  switch (shape.kind) {
    case 'run':
      return { kind: 'loop', part: shape.of, min: shape.min, max: Infinity, lazy: false }
    case 'sequence':
    case 'choice':
      return { ...shape, parts: shape.parts.map(asOrdinary) }
    case 'group':
    case 'loop':
      return { ...shape, part: asOrdinary(shape.part) }
    default:
      return shape
  }
}
