import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PieceSearch } from './piece-search.ts'

const looks = (left = 1_000_000): { left: number } => ({ left })

describe('PieceSearch', () => {
  it('finds a literal wherever it stands, letters in any case', () => {
    for (const literal of ['http/', '%uff', 'ab', 'select']) {
      const search = new PieceSearch(literal)
      for (const spelling of [literal, literal.toUpperCase()])
        for (const text of [spelling, `x${spelling}`, `${spelling}x`, `%u h p/ a s ${spelling} %u`])
          expect(search.mayHold(text, looks())).toBe(true)
    }
  })

  it('wants the whole literal', () => {
    expect(new PieceSearch('http/').mayHold('p/ tp/ ttp/ hhtp/ http :p/', looks())).toBe(false)
    expect(new PieceSearch('%uff').mayHold('%u %uf %u0ff', looks())).toBe(false)
  })

  it('looks only where its rarest piece stands', () => {
    const left = looks(3)
    expect(new PieceSearch('http/').mayHold('ht http tt '.repeat(50), left)).toBe(false)
    expect(left.left).toBe(3)
  })

  it('gives a text up once its looks are used up', () => {
    const search = new PieceSearch('http/')
    expect(search.mayHold('p/'.repeat(9), looks(9))).toBe(false)
    expect(search.mayHold('p/'.repeat(10), looks(9))).toBe(true)
  })

  it('says the same as a plain search (property)', () => {
    const unit = fc.constantFrom('a', 'A', 'b', 'B', '/', '[', '\xe4', '\xc4')
    const literal = fc.string({ unit, minLength: 2, maxLength: 5 }).map(lower)
    fc.assert(
      fc.property(literal, fc.string({ unit, maxLength: 60 }), (wanted, text) => {
        expect(new PieceSearch(wanted).mayHold(text, looks())).toBe(lower(text).includes(wanted))
      }),
      { numRuns: 2000 },
    )
  })
})

function lower(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}
