import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { compileRegex } from '../src/compile-regex.ts'
import { countGroups, findReference, mayBeEmpty, text, type Shape } from './reference-matcher.ts'

import type { RegexOptions } from '../src/regex.ts'

const runs = { numRuns: Number(process.env['SEVENFOLD_FUZZ_RUNS'] ?? 600), verbose: 1 } as const
const letters = ['a', 'b', 'c', '-', '\n', '.', '\xe9']

/** Patterns of every construct, as trees; loops go round on parts that take something, because engines differ in others. */
const { shape: shapes } = fc.letrec<{ shape: Shape; part: Shape; loop: Shape }>((tie) => ({
  shape: fc.oneof({ weight: 3, arbitrary: sequenceOf(tie('part')) }, choiceOf(sequenceOf(tie('part')))),
  part: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: fc.constantFrom(...letters).map((char): Shape => ({ kind: 'char', char })) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.subarray(letters, { minLength: 1 }), fc.boolean())
        .map(([chars, negated]): Shape => ({ kind: 'set', chars: chars.join(''), negated })),
    },
    { weight: 1, arbitrary: fc.constant<Shape>({ kind: 'any' }) },
    { weight: 1, arbitrary: fc.constantFrom<Shape>({ kind: 'start' }, { kind: 'end' }, { kind: 'border' }) },
    { weight: 3, arbitrary: tie('loop') },
    { weight: 2, arbitrary: tie('shape').map((part): Shape => ({ kind: 'group', part })) },
  ),
  loop: fc
    .tuple(
      tie('shape').filter((part) => !mayBeEmpty(part)),
      fc.constantFrom([0, Infinity], [1, Infinity], [0, 1], [2, 2], [1, 3], [0, 2], [2, Infinity], [3, 4]),
      fc.boolean(),
    )
    .map(([part, [min = 0, max = 0], lazy]): Shape => ({ kind: 'loop', part, min, max, lazy })),
}))

function sequenceOf(part: fc.Arbitrary<Shape>): fc.Arbitrary<Shape> {
  return fc.array(part, { maxLength: 4 }).map((parts): Shape => ({ kind: 'sequence', parts }))
}

function choiceOf(part: fc.Arbitrary<Shape>): fc.Arbitrary<Shape> {
  return fc.array(part, { minLength: 2, maxLength: 3 }).map((parts): Shape => ({ kind: 'choice', parts }))
}

const inputs = fc.array(fc.string({ unit: fc.constantFrom(...letters), maxLength: 14 }), {
  minLength: 1,
  maxLength: 5,
})

const ways: readonly (readonly [string, RegexOptions])[] = [
  ['over bytes', { mode: 'bytes' }],
  ['over strings', { mode: 'string' }],
  ['without V8', { mode: 'bytes', engine: 'linear' }],
  ['with a cache that never suffices', { mode: 'bytes', engine: 'linear', limits: { maxCacheBytes: 1 } }],
]

describe('a pattern and its reference, which tries everything in order', { timeout: 600_000 }, () => {
  it.each(ways)('find the same match with the same groups %s', (_, options) => {
    fc.assert(
      fc.property(shapes, inputs, (shape, texts) => {
        const regex = compileRegex(text(shape), options)
        expect(regex.groupCount).toBe(countGroups(shape) + 1)
        for (const input of texts) {
          const expected = findReference(shape, input)
          if (expected === undefined) continue
          const found = regex.exec(input)
          expect(found === null ? null : [...found.captures]).toEqual(expected)
          expect(regex.test(input)).toBe(expected !== null)
          const slots = regex.captures(input)
          expect(slots === null ? null : [...slots]).toEqual(expected)
        }
      }),
      runs,
    )
  })

  it('agree after so many calls that V8 may serve, and after everything is forgotten', () => {
    fc.assert(
      fc.property(shapes, inputs, (shape, texts) => {
        const regex = compileRegex(text(shape))
        for (let call = 0; call < 20; call++) regex.exec('ab-c\n')
        regex.forget()
        for (const input of texts) {
          const expected = findReference(shape, input)
          if (expected === undefined) continue
          const found = regex.exec(input)
          expect(found === null ? null : [...found.captures]).toEqual(expected)
          const slots = expected === null ? null : expected
          const texted = slots?.flatMap((start, at) =>
            at % 2 === 1 ? [] : [start < 0 ? undefined : input.slice(start, slots[at + 1])],
          )
          expect(regex.match(input)).toEqual(texted ?? null)
        }
      }),
      runs,
    )
  })

  it('agree on what every match needs: literals, bytes, length', () => {
    fc.assert(
      fc.property(shapes, inputs, (shape, texts) => {
        const regex = compileRegex(text(shape))
        for (const input of texts) {
          const expected = findReference(shape, input)
          if (expected === null || expected === undefined) continue
          const match = input.slice(expected[0], expected[1])
          expect(match.length).toBeGreaterThanOrEqual(regex.minLength)
          for (const clause of regex.requiredLiterals)
            expect(clause.some((literal) => match.toLowerCase().includes(literal.toLowerCase()))).toBe(true)
          const { requiredBytes } = regex
          if (requiredBytes !== undefined)
            expect([...match].some((char) => requiredBytes[char.charCodeAt(0)] === 1)).toBe(true)
        }
      }),
      runs,
    )
  })

  it('agree from any offset on, with what stands before it', () => {
    fc.assert(
      fc.property(shapes, inputs, fc.nat(14), (shape, texts, from) => {
        const regex = compileRegex(text(shape))
        for (const input of texts) {
          // The reference begins at the offset of the same input: conditions look at what stands before.
          const skipping: Shape = { kind: 'sequence', parts: [shape] }
          const expected = from > input.length ? null : referenceFrom(skipping, input, from)
          if (expected === undefined) continue
          const found = regex.exec(input, from)
          expect(found === null ? null : [found.index, found.end]).toEqual(expected)
        }
      }),
      runs,
    )
  })
})

/** First match at or after an offset: the leftmost of those that the reference finds behind a prefix of any characters. */
function referenceFrom(shape: Shape, input: string, from: number): readonly number[] | null | undefined {
  for (let start = from; start <= input.length; start++) {
    const anything: Shape = { kind: 'set', chars: '', negated: true }
    const prefix: Shape = { kind: 'loop', part: anything, min: start, max: start, lazy: false }
    const anchored: Shape = {
      kind: 'sequence',
      parts: [{ kind: 'start' }, prefix, { kind: 'group', part: shape }],
    }
    const found = findReference(anchored, input)
    if (found === undefined) return undefined
    if (found !== null) return [found[2] ?? -1, found[3] ?? -1]
  }
  return null
}
