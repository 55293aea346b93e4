import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compilePhrases, PHRASE_LIMITS } from './phrase-set.ts'

const lower = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())

/** The definition: of the phrases that occur, the one whose occurrence ends first; of those the longest, then the first. */
function firstEnding(phrases: readonly string[], input: string): number {
  let best = { end: Infinity, length: 0, number: -1 }
  for (const [number, phrase] of phrases.entries()) {
    const at = phrase === '' ? -1 : lower(input).indexOf(lower(phrase))
    if (at < 0) continue
    const end = at + phrase.length
    if (end < best.end || (end === best.end && phrase.length > best.length))
      best = { end, length: phrase.length, number }
  }
  return best.number
}

describe('compilePhrases', () => {
  it('finds the phrase that ends first, for any phrases and text', () => {
    const phrase = fc.stringMatching(/^[abAB\u00c0\u00e0]{0,4}$/)
    fc.assert(
      fc.property(
        fc.array(phrase, { maxLength: 8 }),
        fc.stringMatching(/^[abcAB\u00c0\u00e0]{0,20}$/),
        (phrases, input) => {
          expect(compilePhrases(phrases).find(input)).toBe(firstEnding(phrases, input))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('takes no byte for another when there are more kinds than it tells apart', () => {
    const bytes = Array.from({ length: 190 }, (_, n) => String.fromCharCode(n + 33)).filter(
      (byte) => !/[A-Z]/.test(byte),
    )
    const phrases = bytes.map((byte) => `${byte}!${byte}`)
    const set = compilePhrases(phrases)
    for (const [number, byte] of bytes.entries()) {
      expect(set.find(`..${byte}!${byte}`)).toBe(number)
      const other = bytes[(number + 1) % bytes.length] ?? ''
      expect(set.find(`${byte}!${other}`)).toBe(firstEnding(phrases, `${byte}!${other}`))
    }
  })

  it('takes as many phrases as its limit, and one more is refused', () => {
    const phrases = Array.from({ length: PHRASE_LIMITS.phrases }, (_, n) => n.toString(36))
    expect(compilePhrases(phrases).find('...2a9...')).toBeGreaterThanOrEqual(0)
    expect(() => compilePhrases([...phrases, 'more'])).toThrow('more than a phrase list may hold')
  })

  it('takes as many bytes as its limit, and one more is refused', () => {
    const long = 'x'.repeat(PHRASE_LIMITS.bytes)
    expect(compilePhrases([long]).find(`a${long}`)).toBe(0)
    expect(() => compilePhrases([long, 'y'])).toThrow('more than a phrase list may hold')
  })
})
