import { asciiLower } from './ascii-lower.ts'
import { trieSize } from './trie-size.ts'

/** Most phrases one set may hold, and most bytes they may have together. */
export const PHRASE_LIMITS = { phrases: 100_000, bytes: 2_000_000 } as const

/** A compiled set of phrases: finds the first that occurs, ASCII letters without case. */
export interface PhraseSet {
  /** Index of the phrase whose occurrence ends first (the longest of those), or -1. */
  find(input: string): number
}

interface Trie {
  /** Next state by state × class; 0 is the root. */
  readonly next: Int32Array | Uint16Array
  /** Phrase that ends in a state, or -1. */
  readonly ends: Int32Array
  readonly states: number
}

function classesOf(phrases: readonly string[]): { map: Uint8Array; count: number } {
  const map = new Uint8Array(256)
  let count = 1
  for (const phrase of phrases)
    for (let i = 0; i < phrase.length; i++) {
      const code = phrase.charCodeAt(i)
      if (map[code] === 0) map[code] = count++
    }
  for (let code = 65; code <= 90; code++) map[code] = map[code + 32] ?? 0
  return { map, count }
}

/** So many states fit into entries of 16 bits; large lists then need half the memory. */
const smallTrie = 65_536

function buildTrie(phrases: readonly string[], map: Uint8Array, width: number): Trie {
  const size = trieSize(phrases)
  const next = size <= smallTrie ? new Uint16Array(size * width) : new Int32Array(size * width)
  const ends = new Int32Array(size).fill(-1)
  let states = 1
  for (const [index, phrase] of phrases.entries()) {
    let state = 0
    for (let i = 0; i < phrase.length; i++) {
      const slot = state * width + (map[phrase.charCodeAt(i)] ?? 0)
      if (next[slot] === 0) next[slot] = states++
      state = next[slot] ?? 0
    }
    if (ends[state] === -1) ends[state] = index
  }
  return { next, ends, states }
}

/** Turns the trie into a full automaton, breadth first: a missing edge follows the failure link. */
function complete(trie: Trie, width: number): void {
  const { next, ends, states } = trie
  const fail = new Int32Array(states)
  const queue = new Int32Array(states)
  let tail = 0
  for (let c = 0; c < width; c++) if (next[c] !== 0) queue[tail++] = next[c] ?? 0
  for (let head = 0; head < tail; head++) {
    const state = queue[head] ?? 0
    const back = fail[state] ?? 0
    if (ends[state] === -1) ends[state] = ends[back] ?? -1
    for (let c = 0; c < width; c++) {
      const slot = state * width + c
      const through = next[back * width + c] ?? 0
      const child = next[slot] ?? 0
      if (child === 0) next[slot] = through
      else {
        fail[child] = through
        queue[tail++] = child
      }
    }
  }
}

/**
 * Compiles phrases into an Aho-Corasick automaton over byte classes: one table step a byte.
 * Empty phrases are ignored. Throws when the set is larger than `PHRASE_LIMITS`.
 */
export function compilePhrases(phrases: readonly string[]): PhraseSet {
  const lower = phrases.map(asciiLower)
  const bytes = lower.reduce((sum, phrase) => sum + phrase.length, 0)
  if (lower.length > PHRASE_LIMITS.phrases || bytes > PHRASE_LIMITS.bytes)
    throw new Error(`${lower.length} phrases of ${bytes} bytes are more than a phrase list may hold`)
  const { map, count } = classesOf(lower)
  const trie = buildTrie(lower, map, count)
  trie.ends[0] = -1
  complete(trie, count)
  const { next, ends } = trie
  return {
    find(input) {
      let state = 0
      for (let i = 0; i < input.length; i++) {
        state = next[state * count + (map[input.charCodeAt(i)] ?? 0)] ?? 0
        const end = ends[state] ?? -1
        if (end >= 0) return end
      }
      return -1
    },
  }
}
