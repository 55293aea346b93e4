import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { LiteralsError } from '../src/error.ts'
import { defaultLiteralLimits } from '../src/limits.ts'
import { compileLiterals } from '../src/literal-scanner.ts'
import { buildPrefilter, type Prefilter } from '../src/prefilter.ts'
import { bitsOf, naiveSearch } from './naive-search.ts'

import type { ScanRange } from '../src/literal-scanner.ts'
import type { PatternNeeds } from '../src/needs-plan.ts'

const runs = { numRuns: Number(process.env['SEVENFOLD_FUZZ_RUNS'] ?? 400), verbose: 1 } as const

function named(filter: Prefilter, text: string, range?: ScanRange): number[] {
  const sink = new Uint32Array(filter.words).fill(0x5555_5555)
  filter.candidates(text, sink, range)
  return bitsOf(sink, filter.count)
}

function bytes(members: string): Uint8Array {
  const table = new Uint8Array(256)
  for (const member of members) table[member.charCodeAt(0)] = 1
  return table
}

const unit = fc.constantFrom('a', 'b', 'A', 'B', '<', '\xe9', '1')
const word = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.array(unit, { minLength, maxLength }).map((units) => units.join(''))
const text = word(0, 40)

/** A pattern of two words with anything between them, what it needs, and V8's word on it. */
const pattern = fc
  .tuple(fc.array(word(1, 9), { minLength: 1, maxLength: 3 }), word(0, 4))
  .map(([first, then]) => {
    const escape = (one: string): string => one.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
    const fold = (one: string): string =>
      [...one]
        .map((char) => (/[a-zA-Z]/.test(char) ? `[${char.toLowerCase()}${char.toUpperCase()}]` : char))
        .join('')
    const needs: PatternNeeds = {
      clauses: then === '' ? [first.map(escape)] : [first.map(escape), [escape(then)]],
      bytes: bytes(first.map((one) => `${one.toLowerCase()}${one.toUpperCase()}`).join('')),
      minLength: Math.min(...first.map(({ length }) => length)) + then.length,
    }
    return { needs, regex: new RegExp(`(?:${first.map(fold).join('|')}).*${fold(then)}`, 's') }
  })

describe('a prefilter', () => {
  it('names every pattern that V8 matches, for any patterns and texts', () => {
    fc.assert(
      fc.property(
        fc.array(pattern, { minLength: 1, maxLength: 70 }),
        fc.array(text, { maxLength: 5 }),
        (patterns, texts) => {
          const filter = buildPrefilter(patterns.map(({ needs }) => needs))
          for (const one of texts) {
            const candidates = new Set(named(filter, one))
            for (const [number, { regex }] of patterns.entries())
              if (regex.test(one)) expect(candidates.has(number)).toBe(true)
          }
        },
      ),
      runs,
    )
  })

  it('of single clauses of short words names exactly the patterns whose words are there', () => {
    const clauses = fc.array(fc.array(word(2, 6), { minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 40,
    })
    fc.assert(
      fc.property(clauses, text, (all, one) => {
        const filter = buildPrefilter(all.map((clause) => ({ clauses: [clause] })))
        const expected = all.flatMap((clause, number) =>
          naiveSearch(clause, one, { ignoreCase: true }).length > 0 ? [number] : [],
        )
        expect(named(filter, one)).toEqual(expected)
        expect(filter.unfiltered).toBe(0)
      }),
      runs,
    )
  })

  it('names of a part of a text what it names of that part alone', () => {
    const place = fc.integer({ min: -2, max: 44 })
    fc.assert(
      fc.property(
        fc.array(pattern, { minLength: 1, maxLength: 40 }),
        text,
        place,
        place,
        (patterns, one, from, to) => {
          const filter = buildPrefilter(patterns.map(({ needs }) => needs))
          const part = one.slice(Math.max(0, from), Math.max(0, from, to))
          expect(named(filter, one, { from, to })).toEqual(named(filter, part))
        },
      ),
      runs,
    )
  })

  it('names fewer patterns of a text the more these need, and never more', () => {
    fc.assert(
      fc.property(word(2, 6), fc.integer({ min: 0, max: 50 }), text, (literal, minLength, one) => {
        const plain = named(buildPrefilter([{ clauses: [[literal]] }]), one).length
        for (const needs of [
          { clauses: [[literal]], minLength },
          { clauses: [[literal]], bytes: bytes('<') },
          { clauses: [[literal], ['1']] },
        ])
          expect(named(buildPrefilter([needs]), one).length).toBeLessThanOrEqual(plain)
      }),
      runs,
    )
  })

  it('misses nothing with few classes of characters, whose table is no larger', () => {
    fc.assert(
      fc.property(fc.array(pattern, { minLength: 1, maxLength: 30 }), text, (patterns, one) => {
        const needs = patterns.map((each) => each.needs)
        const [exact, merged] = [buildPrefilter(needs), buildPrefilter(needs, { maxClasses: 3 })]
        expect(named(merged, one)).toEqual(expect.arrayContaining(named(exact, one)))
        expect(merged.stateCount).toBeLessThanOrEqual(exact.stateCount)
      }),
      runs,
    )
  })
})

describe('lengths at which a pattern becomes a candidate', () => {
  it.each([0, 1, 2, 6, 100])('begin at %i, of the text as of a range', (minLength) => {
    const filter = buildPrefilter([{ clauses: [], minLength }])
    for (const length of [minLength - 1, minLength, minLength + 1].filter((one) => one >= 0)) {
      const expected = length >= minLength ? [0] : []
      expect(named(filter, 'x'.repeat(length))).toEqual(expected)
      expect(named(filter, 'x'.repeat(200), { from: 50, to: 50 + length })).toEqual(expected)
    }
  })
})

describe('words of a sink', () => {
  it.each([1, 31, 32, 33, 63, 64, 65, 200])('hold %i patterns', (count) => {
    const needs = Array.from({ length: count }, (_, n) => ({ clauses: [[`<${n}>`]] }))
    const filter = buildPrefilter(needs)
    expect(filter.words).toBe(Math.ceil(count / 32))
    for (const number of [0, count - 1, count >> 1])
      expect(named(filter, `..<${number}>..`)).toContain(number)
    expect(named(filter, 'nothing')).toEqual([])
  })

  it('are overwritten, whatever they held', () => {
    const filter = buildPrefilter([{ clauses: [['ab']] }, { clauses: [] }])
    const sink = new Uint32Array([0xffff_ffff])
    filter.candidates('xx', sink)
    expect(sink[0]).toBe(2)
  })
})

describe('thousands of scans', () => {
  it('do not remember what an earlier one found', () => {
    const filter = buildPrefilter([{ clauses: [['needle']] }, { clauses: [['hay']] }])
    for (let round = 0; round < 5000; round++)
      expect(named(filter, round % 2 === 0 ? 'a needle' : 'hay')).toEqual([round % 2])
  })
})

describe('limits', () => {
  const refusal = (make: () => unknown): LiteralsError | null => {
    try {
      make()
      return null
    } catch (error) {
      if (error instanceof LiteralsError) return error
      throw error
    }
  }

  it.each([1, 2, 6, 64])(
    'a literal of maxLiteralLength %i is taken, one unit more refused',
    (maxLiteralLength) => {
      const limits = { maxLiteralLength }
      expect(refusal(() => compileLiterals(['a'.repeat(maxLiteralLength)], { limits }))).toBeNull()
      expect(refusal(() => compileLiterals(['a'.repeat(maxLiteralLength + 1)], { limits }))).toMatchObject({
        code: 'LITERALS_LIMIT',
        message: expect.stringContaining(`(${maxLiteralLength})`),
      })
    },
  )

  it('hold by default', () => {
    const { maxLiteralLength } = defaultLiteralLimits
    expect(refusal(() => compileLiterals(['a'.repeat(maxLiteralLength)]))).toBeNull()
    expect(refusal(() => compileLiterals(['a'.repeat(maxLiteralLength + 1)]))).toMatchObject({
      code: 'LITERALS_LIMIT',
    })
  })

  it('a table of exactly maxTableBytes is taken, one byte less refused', () => {
    fc.assert(
      fc.property(fc.array(word(1, 5), { minLength: 1, maxLength: 30 }), (literals) => {
        const { stateCount } = compileLiterals(literals)
        const characters = new Set(literals.join('')).size
        const bytesNeeded = (stateCount << (32 - Math.clz32(characters))) * 2
        const at = (maxTableBytes: number): LiteralsError | null =>
          refusal(() => compileLiterals(literals, { limits: { maxTableBytes } }))
        expect(at(bytesNeeded)).toBeNull()
        expect(at(bytesNeeded - 1)).toMatchObject({ code: 'LITERALS_LIMIT' })
      }),
      runs,
    )
  })

  it.each([
    ['an empty literal', ['a', ''], 'LITERALS_INPUT'],
    ['a character above bytes', ['a', '\u0100'], 'LITERALS_INPUT'],
    ['half a pair', ['\ud800'], 'LITERALS_INPUT'],
  ])('%s is refused in bytes mode with its own code', (_, literals, code) => {
    expect(refusal(() => compileLiterals(literals))).toMatchObject({ code })
  })

  it('a prefilter cuts what is long, so that only the table can be too large', () => {
    const needs = [{ clauses: [['a'.repeat(10_000)]] }]
    expect(refusal(() => buildPrefilter(needs))).toBeNull()
    expect(named(buildPrefilter(needs), 'a'.repeat(10_000))).toEqual([0])
    const many = Array.from({ length: 200 }, (_, n) => ({ clauses: [[`k${n}x`]] }))
    expect(refusal(() => buildPrefilter(many, { limits: { maxTableBytes: 1000 } }))).toMatchObject({
      code: 'LITERALS_LIMIT',
    })
  })
})

describe('needs that say little', () => {
  it.each<[string, PatternNeeds, string, boolean]>([
    ['no clause', { clauses: [] }, 'anything', true],
    ['a clause without literals', { clauses: [[]] }, 'anything', true],
    ['a clause with the empty literal', { clauses: [['', 'abc']] }, 'anything', true],
    ['an empty class of bytes', { clauses: [], bytes: new Uint8Array(256) }, 'anything', false],
    ['every byte', { clauses: [], bytes: new Uint8Array(256).fill(1) }, 'anything', true],
    ['a byte that is not there', { clauses: [], bytes: bytes('!') }, 'anything', false],
    ['a single unit', { clauses: [['y']] }, 'anYthing', true],
    ['a single sign', { clauses: [['!']] }, 'anything', false],
    ['a unit above bytes', { clauses: [['ab'], ['\u20ac']] }, 'ab', true],
  ])('%s', (_, needs, one, expected) => {
    const fits = !needs.clauses.flat().some((literal) => literal > '\xff')
    const options = fits ? {} : ({ mode: 'string' } as const)
    expect(named(buildPrefilter([needs], options), one).length > 0).toBe(expected)
  })
})
