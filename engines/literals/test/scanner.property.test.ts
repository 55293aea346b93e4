import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { compileLiterals, type LiteralOptions, type ScanRange } from '../src/literal-scanner.ts'
import { bitsOf, foldAscii, naiveSearch } from './naive-search.ts'

const runs = { numRuns: Number(process.env['SEVENFOLD_FUZZ_RUNS'] ?? 400), verbose: 1 } as const

function scan(
  literals: readonly string[],
  text: string,
  options: LiteralOptions = {},
  range: ScanRange = {},
): number[] {
  const sink = new Uint32Array(Math.ceil(literals.length / 32))
  compileLiterals(literals, options).scan(text, sink, range)
  return bitsOf(sink, literals.length)
}

/** Alphabets from which literals overlap often, fold, or lie at the ends of a mode. */
const alphabets = {
  'two letters': ['a', 'b'],
  'both cases': ['a', 'A', 'b', 'B', 'z', 'Z', '@', '[', '`', '{'],
  'bytes at the ends': ['\0', '\x01', '\x7f', '\x80', '\xfe', '\xff'],
  signs: ["'", '"', '<', '(', '%', '\n', ' ', '\\'],
} as const
const wide = ['a', '\u0100', '\u20ac', '\u{1f600}', '\ud800', '\udc00', '\uffff', 'A']

function textOf(units: readonly string[], maxLength: number, minLength = 0): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...units), { minLength, maxLength }).map((parts) => parts.join(''))
}

function literalsOf(units: readonly string[]): fc.Arbitrary<string[]> {
  return fc.array(textOf(units, 5, 1), { minLength: 1, maxLength: 70 })
}

describe.each(Object.entries(alphabets))('a scan over %s', (_, units) => {
  it('finds what comparing at every place finds, with and without case', () => {
    fc.assert(
      fc.property(literalsOf(units), textOf(units, 60), fc.boolean(), (literals, text, ignoreCase) => {
        expect(scan(literals, text, { ignoreCase })).toEqual(naiveSearch(literals, text, { ignoreCase }))
      }),
      runs,
    )
  })

  it('finds only what stands wholly inside a range, wherever it begins and ends', () => {
    const place = fc.integer({ min: -3, max: 40 })
    fc.assert(
      fc.property(literalsOf(units), textOf(units, 36), place, place, (literals, text, from, to) => {
        expect(scan(literals, text, {}, { from, to })).toEqual(naiveSearch(literals, text, { from, to }))
      }),
      runs,
    )
  })

  it('misses nothing when characters share classes, and names only texts of the same length', () => {
    fc.assert(
      fc.property(
        literalsOf(units),
        textOf(units, 40),
        fc.integer({ min: 3, max: 6 }),
        (literals, text, maxClasses) => {
          const found = scan(literals, text, { maxClasses })
          expect(found).toEqual(expect.arrayContaining(naiveSearch(literals, text)))
          for (const number of found)
            expect(text.length).toBeGreaterThanOrEqual(literals[number]?.length ?? 0)
        },
      ),
      runs,
    )
  })

  it('finds in two halves and across their border what it finds in the whole', () => {
    fc.assert(
      fc.property(literalsOf(units), textOf(units, 60), fc.nat(60), (literals, text, cut) => {
        const longest = Math.max(...literals.map(({ length }) => length))
        const border = Math.min(cut, text.length)
        const pieces = [
          { to: border },
          { from: border },
          { from: Math.max(0, border - longest + 1), to: border + longest - 1 },
        ].flatMap((range) => scan(literals, text, {}, range))
        expect([...new Set(pieces)].toSorted((a, b) => a - b)).toEqual(scan(literals, text))
      }),
      runs,
    )
  })
})

describe('a scan over strings', () => {
  it('compares by UTF-16 unit, halves of pairs included', () => {
    fc.assert(
      fc.property(literalsOf(wide), textOf(wide, 30), fc.boolean(), (literals, text, ignoreCase) => {
        expect(scan(literals, text, { mode: 'string', ignoreCase })).toEqual(
          naiveSearch(literals, text, { ignoreCase }),
        )
      }),
      runs,
    )
  })

  it('in bytes mode never names a literal that is not there, for texts of any characters', () => {
    // A unit above 255 is reduced by a mask: it may look like a byte, which costs a second look and no more.
    fc.assert(
      fc.property(literalsOf(alphabets['bytes at the ends']), textOf(wide, 30), (literals, text) => {
        const reduced = Array.from({ length: text.length }, (_, at) =>
          String.fromCharCode(text.charCodeAt(at) & 0xff),
        ).join('')
        expect(scan(literals, text)).toEqual(naiveSearch(literals, reduced))
      }),
      runs,
    )
  })
})

describe('bits of a sink', () => {
  it('that were set before stay, and bits behind the last literal are not touched', () => {
    const literals = Array.from({ length: 33 }, (_, n) => `<${n}>`)
    const scanner = compileLiterals(literals)
    const sink = new Uint32Array(3)
    sink[1] = 0x8000_0000
    sink[2] = 7
    scanner.scan('<0> and <32>', sink)
    expect([...sink]).toEqual([1, 0x8000_0001, 7])
    scanner.scan('<31>', sink)
    expect([...sink]).toEqual([0x8000_0001, 0x8000_0001, 7])
  })

  it.each([1, 31, 32, 33, 64, 65])('are set for the first and the last of %i literals', (count) => {
    const literals = Array.from({ length: count }, (_, n) => `(${n})`)
    const sink = new Uint32Array(Math.ceil(count / 32))
    compileLiterals(literals).scan(`(0) ... (${count - 1})`, sink)
    expect(bitsOf(sink, count)).toEqual([...new Set([0, count - 1])])
  })

  it('are set for every copy of a literal', () => {
    expect(scan(['ab', 'x', 'ab', 'AB'], 'cab')).toEqual([0, 2])
    expect(scan(['ab', 'x', 'ab', 'AB'], 'cab', { ignoreCase: true })).toEqual([0, 2, 3])
  })
})

describe('classes of bytes', () => {
  const tables = fc.array(
    fc.uniqueArray(fc.nat(255), { maxLength: 6 }).map((members) => {
      const table = new Uint8Array(256)
      for (const member of members) table[member] = 1
      return table
    }),
    { maxLength: 32 },
  )
  const bytes = fc.array(fc.nat(255), { maxLength: 30 }).map((codes) => String.fromCharCode(...codes))

  it('are reported exactly when one of their bytes is in the range', () => {
    fc.assert(
      fc.property(tables, bytes, fc.nat(20), fc.nat(30), (byteClasses, text, from, to) => {
        const flags = compileLiterals(['x'], { byteClasses }).scan(text, new Uint32Array(1), { from, to })
        const inside = text.slice(from, Math.max(from, to))
        const expected = byteClasses.map((table) =>
          [...inside].some((unit) => table[unit.charCodeAt(0)] === 1),
        )
        expect(byteClasses.map((_, bit) => ((flags >>> bit) & 1) === 1)).toEqual(expected)
      }),
      runs,
    )
  })

  it('do not hold characters above 255, whatever their low byte', () => {
    const quote = new Uint8Array(256)
    quote[0x27] = 1
    const scanner = compileLiterals(['x'], { byteClasses: [quote], mode: 'string' })
    expect(scanner.scan('\u0127\u2027', new Uint32Array(1))).toBe(0)
    expect(scanner.scan("\u0127'", new Uint32Array(1))).toBe(1)
  })
})

describe('the size of an automaton', () => {
  it('is at most one state for each character of all literals and the root, however they overlap', () => {
    fc.assert(
      fc.property(literalsOf(alphabets['two letters']), (literals) => {
        const characters = literals.reduce((sum, { length }) => sum + length, 0)
        const prefixes = new Set(
          literals.flatMap((literal) => [...literal].map((_, n) => literal.slice(0, n + 1))),
        )
        const { stateCount, count } = compileLiterals(literals)
        expect(stateCount).toBe(prefixes.size + 1)
        expect(stateCount).toBeLessThanOrEqual(characters + 1)
        expect(count).toBe(literals.length)
      }),
      runs,
    )
  })

  it('without case is that of the folded literals', () => {
    fc.assert(
      fc.property(literalsOf(alphabets['both cases']), (literals) => {
        const folded = compileLiterals(literals.map(foldAscii))
        expect(compileLiterals(literals, { ignoreCase: true }).stateCount).toBe(folded.stateCount)
      }),
      runs,
    )
  })

  it('of all prefixes of one long word is linear in it, though every state ends a literal', () => {
    const word = 'a'.repeat(400)
    const literals = Array.from({ length: 400 }, (_, n) => word.slice(0, n + 1))
    const scanner = compileLiterals(literals)
    expect(scanner.stateCount).toBe(401)
    const sink = new Uint32Array(13)
    scanner.scan(`b${word.slice(0, 250)}b`, sink)
    expect(bitsOf(sink, 400)).toEqual(Array.from({ length: 250 }, (_, n) => n))
  })
})

describe('texts that search by going back would be slow on', () => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ['long runs before a miss', ['a'.repeat(200) + 'b'], 'a'.repeat(20_000)],
    ['a run that ends one character early', ['a'.repeat(200) + 'b'], `${'a'.repeat(199)}b`.repeat(50)],
    ['periods', ['ab'.repeat(100) + 'c', 'ba'.repeat(100) + 'c'], `${'ab'.repeat(5000)}c`],
    ['words that end in each other', ['aaaa', 'aaab', 'aab', 'ab', 'b'], `${'a'.repeat(5000)}b`],
    ['a failure for every character', ['abcabcabd'], 'abcabcabcabd'.repeat(400)],
    ['literals at both ends', ['^start', 'end$'], `^start${'.'.repeat(5000)}end$`],
  ]
  it.each(cases)('%s', (_, literals, text) => {
    const expected = literals.flatMap((literal, number) => (text.includes(literal) ? [number] : []))
    expect(scan(literals, text)).toEqual(expected)
  })
})

describe('a scanner', () => {
  it('holds nothing of the text that it saw before', () => {
    const scanner = compileLiterals(['ab'])
    const sink = new Uint32Array(1)
    scanner.scan('a', sink)
    scanner.scan('b', sink)
    expect(sink[0]).toBe(0)
  })

  it('serves two sinks in turns', () => {
    const scanner = compileLiterals(['ab', 'cd'])
    const [one, two] = [new Uint32Array(1), new Uint32Array(1)]
    scanner.scan('xab', one)
    scanner.scan('xcd', two)
    scanner.scan('', one)
    expect([one[0], two[0]]).toEqual([1, 2])
  })

  it('takes ranges that are empty or turned round', () => {
    for (const range of [{ from: 2, to: 2 }, { from: 3, to: 1 }, { from: 99 }, { to: 0 }, { to: -1 }])
      expect(scan(['a', 'b'], 'abab', {}, range)).toEqual([])
  })
})
