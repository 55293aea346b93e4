import { buildAutomaton } from '@sevenfold/literals'
import type { Automaton } from '@sevenfold/literals'
import { asciiLower } from './ascii-lower.ts'

/** Most phrases one set may hold, and most bytes they may have together. */
export const PHRASE_LIMITS = { phrases: 100_000, bytes: 2_000_000 } as const

/** A compiled set of phrases: finds the first that occurs, ASCII letters without case. */
export interface PhraseSet {
  /** Index of the phrase whose occurrence ends first (the longest of those), or -1. */
  find(input: string): number
}

// Very large lists are told apart less finely: a look at the text settles what the automaton finds.
const largeList = 250_000
const maxTableBytes = 134_217_728

/**
 * Compiles phrases into an Aho-Corasick automaton over byte classes: one table step a byte. It is built at the first
 * use: most lists are never asked, because nothing in the traffic looks like one of their phrases.
 * Empty phrases are ignored. Throws when the set is larger than `PHRASE_LIMITS`.
 */
export function compilePhrases(phrases: readonly string[]): PhraseSet {
  const bytes = phrases.reduce((sum, phrase) => sum + phrase.length, 0)
  if (phrases.length > PHRASE_LIMITS.phrases || bytes > PHRASE_LIMITS.bytes)
    throw new Error(`${phrases.length} phrases of ${bytes} bytes are more than a phrase list may hold`)
  let search: ((input: string) => number) | null = null
  return {
    find: (input) => (search ??= searchFor(phrases, bytes > largeList ? 16 : 64))(input),
  }
}

function searchFor(phrases: readonly string[], maxClasses: number): (input: string) => number {
  const numbers = new Map<string, number>()
  for (const [number, phrase] of phrases.entries()) {
    const lower = asciiLower(phrase)
    if (lower !== '' && !numbers.has(lower)) numbers.set(lower, number)
  }
  const texts = [...numbers.keys()]
  const automaton = buildAutomaton(texts, {
    ignoreCase: true,
    maxClasses,
    limits: { maxTableBytes, maxLiteralLength: PHRASE_LIMITS.bytes },
  })
  const indexes = Int32Array.from(numbers.values())
  const { classes, shift, table, firstHit } = automaton
  return (input) => {
    let state = 0
    for (let at = 0; at < input.length; at++) {
      state = table[(state << shift) | (classes[input.charCodeAt(at) & 255] ?? 0)] ?? 0
      if (state < firstHit) continue
      const text = longestEnding(automaton, texts, { input, end: at + 1, ending: state - firstHit })
      if (text >= 0) return indexes[text] ?? -1
    }
    return -1
  }
}

/** The longest text that ends here; where bytes share a class the automaton may be wrong, so the input decides. */
function longestEnding(
  { hitStarts, hits, merged }: Automaton,
  texts: readonly string[],
  { input, end, ending }: { readonly input: string; readonly end: number; readonly ending: number },
): number {
  for (let at = hitStarts[ending] ?? 0; at < (hitStarts[ending + 1] ?? 0); at++) {
    const number = hits[at] ?? 0
    const text = texts[number] ?? ''
    if (!merged || asciiLower(input.slice(end - text.length, end)) === text) return number
  }
  return -1
}
