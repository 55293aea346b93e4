import { LiteralsError } from './error.ts'
import { defaultLiteralLimits, type LiteralLimits } from './limits.ts'

/** How literals and inputs are read. */
export interface AutomatonOptions {
  /** `bytes` (default): inputs are Latin-1 strings, one byte a unit. `string`: any JavaScript strings, compared by unit. */
  readonly mode?: 'bytes' | 'string'
  /** ASCII letters match in either case; default false. */
  readonly ignoreCase?: boolean
  /** Overrides of single limits. */
  readonly limits?: Partial<LiteralLimits>
}

/**
 * An Aho-Corasick automaton with all transitions written out (Aho, Corasick 1975, section 6), over classes of
 * characters: all characters outside the literals share class 0.
 */
export interface Automaton {
  /** Class by code unit: 256 entries in bytes mode, 65,536 in string mode. */
  readonly classes: Uint16Array
  /** `length - 1` of `classes`: a unit is reduced by this mask, so that no unit reads outside. */
  readonly classMask: number
  readonly stride: number
  readonly stateCount: number
  /**
   * `table[state * stride + class]` is the next state times `stride`, or the bitwise complement of that when the next
   * state ends at least one literal: one sign test tells the hot loop whether there is anything to report.
   */
  readonly table: Int32Array
  /** Literals that end in state `s`: `hits[hitStarts[s]]` to `hits[hitStarts[s + 1]]`, suffixes included. */
  readonly hitStarts: Int32Array
  readonly hits: Int32Array
}

/** Builds the automaton of literals; the position of a literal in the list is its number. Duplicates are allowed. */
export function buildAutomaton(literals: readonly string[], options: AutomatonOptions = {}): Automaton {
  const limits = { ...defaultLiteralLimits, ...options.limits }
  const folded = literals.map((literal) => foldLiteral(literal, options, limits))
  const classes = classTable(folded, options)
  const stride = classes.reduce((max, number) => Math.max(max, number), 0) + 1
  const trie = buildTrie(folded, classes, stride)
  const bytes = trie.stateCount * stride * 4
  if (bytes > limits.maxTableBytes) {
    throw new LiteralsError(
      'LITERALS_LIMIT',
      `a table of ${String(bytes)} bytes is above maxTableBytes (${String(limits.maxTableBytes)})`,
    )
  }
  const { table, firstEnd } = orderByDepth(trie, stride)
  const suffix = completeTransitions(table, trie.stateCount, stride)
  const { hitStarts, hits } = collectHits({ ...trie, firstEnd }, suffix)
  markHits(table, stride, hitStarts)
  return {
    classes,
    classMask: classes.length - 1,
    stride,
    stateCount: trie.stateCount,
    table,
    hitStarts,
    hits,
  }
}

function foldLiteral(literal: string, options: AutomatonOptions, limits: LiteralLimits): string {
  if (literal === '') throw new LiteralsError('LITERALS_INPUT', 'an empty literal is in every input')
  if (literal.length > limits.maxLiteralLength) {
    throw new LiteralsError(
      'LITERALS_LIMIT',
      `a literal is longer than maxLiteralLength (${String(limits.maxLiteralLength)})`,
    )
  }
  if (options.mode !== 'string' && /[^\0-\xff]/.test(literal)) {
    throw new LiteralsError('LITERALS_INPUT', 'a bytes literal holds a character above U+00FF')
  }
  return options.ignoreCase === true ? literal.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : literal
}

/** Numbers the units of the literals from 1, in order of frequency of first use. */
function classTable(literals: readonly string[], options: AutomatonOptions): Uint16Array {
  const classes = new Uint16Array(options.mode === 'string' ? 65_536 : 256)
  let count = 0
  for (const literal of literals) {
    for (let i = 0; i < literal.length; i++) {
      const unit = literal.charCodeAt(i)
      if (classes[unit] === 0) classes[unit] = ++count
    }
  }
  if (options.ignoreCase === true)
    for (let unit = 0x41; unit <= 0x5a; unit++) classes[unit] = classes[unit + 32] ?? 0
  return classes
}

interface Trie {
  readonly next: Int32Array
  readonly stateCount: number
  /** First literal that ends in a state, or -1; `sameEnd` links the others. */
  readonly firstEnd: Int32Array
  readonly sameEnd: Int32Array
}

function buildTrie(literals: readonly string[], classes: Uint16Array, stride: number): Trie {
  const most = literals.reduce((sum, literal) => sum + literal.length, 1)
  const sameEnd = new Int32Array(literals.length).fill(-1)
  const firstEnd = new Int32Array(most).fill(-1)
  let next = new Int32Array(Math.min(most, 1_024) * stride)
  let stateCount = 1
  for (const [number, literal] of literals.entries()) {
    let state = 0
    for (let i = 0; i < literal.length; i++) {
      const at = state * stride + (classes[literal.charCodeAt(i)] ?? 0)
      if (next[at] === 0) {
        next[at] = stateCount++
        if (stateCount * stride > next.length) next = grown(next)
      }
      state = next[at] ?? 0
    }
    sameEnd[number] = firstEnd[state] ?? -1
    firstEnd[state] = number
  }
  return { next, stateCount, firstEnd, sameEnd }
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2)
  larger.set(array)
  return larger
}

/** Numbers states breadth first: the shallow states, where ordinary text stays, then lie together in memory. */
function orderByDepth(trie: Trie, stride: number): { table: Int32Array; firstEnd: Int32Array } {
  const table = new Int32Array(trie.stateCount * stride)
  const firstEnd = new Int32Array(trie.stateCount)
  const order = new Int32Array(trie.stateCount)
  let size = 1
  for (let state = 0; state < size; state++) {
    const old = order[state] ?? 0
    firstEnd[state] = trie.firstEnd[old] ?? -1
    for (let k = 0; k < stride; k++) {
      const child = trie.next[old * stride + k] ?? 0
      if (child === 0) continue
      table[state * stride + k] = size
      order[size++] = child
    }
  }
  return { table, firstEnd }
}

/** Fills missing transitions from the longest proper suffix; gives that suffix for each state. It has a smaller number. */
function completeTransitions(table: Int32Array, stateCount: number, stride: number): Int32Array {
  const suffix = new Int32Array(stateCount)
  for (let state = 0; state < stateCount; state++) {
    const row = state * stride
    const suffixRow = (suffix[state] ?? 0) * stride
    for (let k = 0; k < stride; k++) {
      const child = table[row + k] ?? 0
      const fallback = state === 0 ? 0 : (table[suffixRow + k] ?? 0)
      if (child === 0) table[row + k] = fallback
      else suffix[child] = fallback
    }
  }
  return suffix
}

function collectHits(trie: Trie, suffix: Int32Array): { hitStarts: Int32Array; hits: Int32Array } {
  const hitStarts = new Int32Array(trie.stateCount + 1)
  const hits: number[] = []
  for (let state = 0; state < trie.stateCount; state++) {
    if (state > 0) {
      for (let end = trie.firstEnd[state] ?? -1; end >= 0; end = trie.sameEnd[end] ?? -1) hits.push(end)
      const shorter = suffix[state] ?? 0
      for (let i = hitStarts[shorter] ?? 0; i < (hitStarts[shorter + 1] ?? 0); i++) hits.push(hits[i] ?? 0)
    }
    hitStarts[state + 1] = hits.length
  }
  return { hitStarts, hits: Int32Array.from(hits) }
}

/** Turns state numbers into row offsets, complemented where the state ends a literal. */
function markHits(table: Int32Array, stride: number, hitStarts: Int32Array): void {
  for (let i = 0; i < table.length; i++) {
    const state = table[i] ?? 0
    const row = state * stride
    table[i] = (hitStarts[state + 1] ?? 0) > (hitStarts[state] ?? 0) ? ~row : row
  }
}
