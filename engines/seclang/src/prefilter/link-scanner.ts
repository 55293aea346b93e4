import { triggerTable } from './byte-trigger.ts'
import { buildAutomaton } from './literal-automaton.ts'
import type { LiteralClauses } from '../operators/operator.ts'

/** Longest piece of a literal that is looked for: longer ones cost states and are hardly ever told apart by the rest. */
export const maxScannedLiteral = 20
/** Most clauses of one link that are looked at; more only cost. */
const maxClauses = 3

/**
 * Tells for a text which links' literals it holds, in one pass of one table read a byte. Not re-entrant: results are
 * in `bits` until the next scan. Hot: bench/waf measures it.
 */
export class LinkScanner {
  /** Entries of a set of links. */
  readonly words: number
  /** One bit per link whose literals are all in the text of the last scan. */
  readonly bits: Uint32Array
  /** Whether `bits` holds any. */
  hasBits = false
  /** State after the last scan: names that begin with the same text go on from it. */
  state = 0
  readonly #table: Int32Array
  /** Class of each byte in the low 8 bits, trigger flags above. */
  readonly #bytes: Int32Array
  readonly #stride: number
  readonly #outputStart: Int32Array
  readonly #outputWord: Int32Array
  readonly #outputMask: Int32Array
  /** Fulfilled clauses: first clauses of all links, then second, then third. */
  readonly #clauses: Int32Array
  readonly #resting: Int32Array
  readonly #clauseCount: number

  constructor(needs: readonly LiteralClauses[]) {
    this.words = Math.max(1, Math.ceil(needs.length / 32))
    this.bits = new Uint32Array(this.words)
    const outputs = new Map<string, Map<number, number>>()
    let clauseCount = 1
    const used = needs.map((clauses) => bestClauses(clauses))
    for (const clauses of used) clauseCount = Math.max(clauseCount, clauses.length)
    this.#clauseCount = clauseCount
    this.#resting = new Int32Array(clauseCount * this.words).fill(-1)
    for (const [link, clauses] of used.entries()) {
      for (const [number, clause] of clauses.entries()) {
        const word = number * this.words + (link >> 5)
        const mask = 1 << (link & 31)
        this.#resting[word] = (this.#resting[word] ?? 0) & ~mask
        for (const literal of clause) addOutput(outputs, literal, { word, mask })
      }
    }
    this.#clauses = this.#resting.slice()
    const automaton = buildAutomaton([...outputs.keys()])
    this.#table = automaton.table
    this.#stride = automaton.stride
    const triggers = triggerTable()
    this.#bytes = Int32Array.from(automaton.classes, (number, unit) => number | ((triggers[unit] ?? 0) << 8))
    const flat = flattenOutputs(automaton.endings, [...outputs.values()])
    this.#outputStart = flat.start
    this.#outputWord = flat.word
    this.#outputMask = flat.mask
  }

  /** Scans a text, from `state` on (0 for a fresh start); gives the trigger flags of its bytes. */
  scan(text: string, state: number, from: number): number {
    const table = this.#table
    const bytes = this.#bytes
    let flags = 0
    let row = state
    let hits = 0
    for (let at = from; at < text.length; at++) {
      const byte = bytes[text.charCodeAt(at) & 255] ?? 0
      flags |= byte
      row = table[row + (byte & 255)] ?? 0
      if (row < 0) {
        row = ~row
        this.#hit(row, hits++)
      }
    }
    this.state = row
    this.hasBits = hits > 0 && this.#collect()
    return flags >>> 8
  }

  #hit(row: number, earlier: number): void {
    if (earlier === 0) this.#clauses.set(this.#resting)
    const number = row / this.#stride
    const end = this.#outputStart[number + 1] ?? 0
    for (let at = this.#outputStart[number] ?? 0; at < end; at++) {
      const word = this.#outputWord[at] ?? 0
      this.#clauses[word] = (this.#clauses[word] ?? 0) | (this.#outputMask[at] ?? 0)
    }
  }

  #collect(): boolean {
    const { words, bits } = this
    let any = 0
    for (let word = 0; word < words; word++) {
      let all = this.#clauses[word] ?? 0
      for (let clause = 1; clause < this.#clauseCount; clause++) all &= this.#clauses[clause * words + word] ?? 0
      bits[word] = all
      any |= all
    }
    return any !== 0
  }
}

/** The most telling clauses: those whose shortest literal is longest. */
function bestClauses(clauses: LiteralClauses): string[][] {
  const cut = clauses.map((clause) => clause.map((literal) => literal.slice(0, maxScannedLiteral)))
  const weight = (clause: readonly string[]): number => Math.min(...clause.map((literal) => literal.length))
  return cut.toSorted((left, right) => weight(right) - weight(left)).slice(0, maxClauses)
}

function addOutput(
  outputs: Map<string, Map<number, number>>,
  literal: string,
  { word, mask }: { word: number; mask: number },
): void {
  const masks = outputs.get(literal) ?? new Map<number, number>()
  masks.set(word, (masks.get(word) ?? 0) | mask)
  outputs.set(literal, masks)
}

interface FlatOutputs {
  readonly start: Int32Array
  readonly word: Int32Array
  readonly mask: Int32Array
}

function flattenOutputs(
  endings: readonly (readonly number[])[],
  outputs: readonly ReadonlyMap<number, number>[],
): FlatOutputs {
  const start = new Int32Array(endings.length + 1)
  const words: number[] = []
  const masks: number[] = []
  for (const [state, literals] of endings.entries()) {
    const merged = new Map<number, number>()
    for (const literal of literals) {
      for (const [word, mask] of outputs[literal] ?? []) merged.set(word, (merged.get(word) ?? 0) | mask)
    }
    for (const [word, mask] of merged) {
      words.push(word)
      masks.push(mask)
    }
    start[state + 1] = words.length
  }
  return { start, word: Int32Array.from(words), mask: Int32Array.from(masks) }
}
