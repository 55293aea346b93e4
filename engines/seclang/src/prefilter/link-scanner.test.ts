import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LinkNeeds } from './link-needs.ts'
import { LinkScanner } from './link-scanner.ts'

const setOf = (bytes: string): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, unit) => (bytes.includes(String.fromCharCode(unit)) ? 1 : 0))

const holds = (text: string, literal: string): boolean =>
  text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()).includes(literal)

/** The definition: a literal (or byte) of each clause, a byte of each set. */
function meets(text: string, { clauses, orBytes, byteSets }: LinkNeeds): boolean {
  const has = (set: Uint8Array): boolean => Array.from(text).some((byte) => set[byte.charCodeAt(0)] === 1)
  const inClauses = clauses.every(
    (clause, n) =>
      clause.some((literal) => holds(text, literal)) || (n === 0 && orBytes !== null && has(orBytes)),
  )
  return inClauses && byteSets.every(has)
}

const literal = fc.stringMatching(/^[ab<(\u00e9]{2,4}$/)
const clause = fc.array(literal, { minLength: 1, maxLength: 3 })
const need: fc.Arbitrary<LinkNeeds> = fc.oneof(
  fc.record({
    clauses: fc.array(clause, { minLength: 1, maxLength: 2 }),
    orBytes: fc.constant(null),
    byteSets: fc.array(fc.constantFrom(setOf('<'), setOf('(c'), setOf('"')), { maxLength: 2 }),
  }),
  fc.record({
    clauses: fc.constant([]),
    orBytes: fc.constant(null),
    byteSets: fc.array(fc.constantFrom(setOf('<'), setOf('(c'), setOf('"')), { minLength: 1, maxLength: 2 }),
  }),
  clause.map((words) => ({ clauses: [words], orBytes: setOf('"\''), byteSets: [] })),
)
const text = fc.stringMatching(/^[abABc<("'\u00e9]{0,30}$/)

function met(scanner: LinkScanner, links: number, input: string): readonly number[] {
  scanner.scan(input)
  if (!scanner.hasBits) return []
  return Array.from({ length: links }, (_, link) => link).filter(
    (link) => (((scanner.bits[link >> 5] ?? 0) >>> (link & 31)) & 1) === 1,
  )
}

describe('LinkScanner', () => {
  it('finds in a text what it finds in it alone, whatever it looked at before', () => {
    const links = fc.array(need, { minLength: 1, maxLength: 10 })
    fc.assert(
      fc.property(links, fc.array(text, { maxLength: 12 }), (needs, texts) => {
        const used = new LinkScanner(needs)
        const long = texts.map((one) => one.repeat(40))
        for (const input of [...texts, ...long, ...texts])
          expect(met(used, needs.length, input)).toEqual(met(new LinkScanner(needs), needs.length, input))
      }),
      { numRuns: 60 },
    )
  })

  it('finds every link whose needs a text meets, and hardly another, for any needs', () => {
    fc.assert(
      fc.property(fc.array(fc.option(need), { minLength: 1, maxLength: 40 }), text, (links, input) => {
        const found = met(new LinkScanner(links), links.length, input)
        const expected = links.flatMap((one, link) => (one !== null && meets(input, one) ? [link] : []))
        expect(found).toEqual(expect.arrayContaining(expected))
        // Links that are never looked for are never found.
        expect(found.filter((link) => links[link] === null)).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('gives the same for the same text, whatever was scanned in between', () => {
    fc.assert(
      fc.property(fc.array(need, { minLength: 1, maxLength: 12 }), text, text, (links, one, other) => {
        const scanner = new LinkScanner(links)
        const before = met(scanner, links.length, one)
        met(scanner, links.length, other)
        expect(met(scanner, links.length, one)).toEqual(before)
      }),
    )
  })

  it('loses nothing with more kinds of bytes than it tells apart', () => {
    const bytes = Array.from({ length: 200 }, (_, n) => String.fromCharCode(n + 33))
    const links = bytes.map((byte): LinkNeeds => ({
      clauses: [[`${byte}${byte}x`.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())]],
      orBytes: null,
      byteSets: [],
    }))
    const scanner = new LinkScanner(links)
    for (const [link, byte] of bytes.entries())
      expect(met(scanner, links.length, `--${byte}${byte}x--`)).toContain(link)
  })

  it('looks for the beginnings of literals when there are too many for its table', () => {
    const words = Array.from({ length: 30_000 }, (_, n) => `${n.toString(36)}-${(n * 7919).toString(36)}-end`)
    const links: LinkNeeds[] = [
      { clauses: [words], orBytes: null, byteSets: [] },
      { clauses: [['other word']], orBytes: null, byteSets: [] },
    ]
    const scanner = new LinkScanner(links)
    for (const word of words.filter((_, n) => n % 997 === 0))
      expect(met(scanner, 2, `.. ${word.toUpperCase()} ..`)).toContain(0)
    expect(met(scanner, 2, 'any other word')).toContain(1)
  })
})
