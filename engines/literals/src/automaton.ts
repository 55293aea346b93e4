import { characterClasses } from './character-classes.ts'
import { LiteralsError } from './error.ts'
import { defaultLiteralLimits, type LiteralLimits } from './limits.ts'
import { buildTrie, type Trie } from './trie.ts'

/** How literals and inputs are read. */
export interface AutomatonOptions {
  /** `bytes` (default): inputs are Latin-1 strings, one byte a unit. `string`: any JavaScript strings, compared by unit. */
  readonly mode?: 'bytes' | 'string'
  /** ASCII letters match in either case; default false. */
  readonly ignoreCase?: boolean
  /**
   * Most classes of characters, at least 3. When the literals have more different characters the rarest share a class:
   * the table stays small, and a literal may be reported where only a text of the same classes stands. Without it
   * reports are exact.
   */
  readonly maxClasses?: number
  /** Overrides of single limits. */
  readonly limits?: Partial<LiteralLimits>
}

/**
 * An Aho-Corasick automaton with all transitions written out (Aho, Corasick 1975, section 6), over classes of
 * characters: all characters outside the literals share class 0. A scan starts in state 0.
 */
export interface Automaton {
  /** Class by code unit: 256 entries in bytes mode, 65,536 in string mode. */
  readonly classes: Uint16Array
  /** `length - 1` of `classes`: a unit is reduced by this mask, so that no unit reads outside. */
  readonly classMask: number
  /** A row has `1 << shift` entries. */
  readonly shift: number
  readonly stateCount: number
  /** `table[(state << shift) | class]` is the next state. Narrow while the states fit: half the memory, twice the cache. */
  readonly table: Uint16Array | Int32Array
  /** States from here on end at least one literal: one comparison tells the hot loop whether there is anything to report. */
  readonly firstHit: number
  /** Literals that end in state `firstHit + n`: `hits[hitStarts[n]]` to `hits[hitStarts[n + 1]]`, longest first. */
  readonly hitStarts: Int32Array
  readonly hits: Int32Array
  /** Whether characters share a class because of `maxClasses`. */
  readonly merged: boolean
}

/** States that fit into entries of 16 bits. */
const narrowStates = 65_536

/**
 * Builds the automaton of literals; the position of a literal in the list is its number. Duplicates are allowed.
 * Throws {@link LiteralsError} on an empty literal or one above a limit.
 */
export function buildAutomaton(literals: readonly string[], options: AutomatonOptions = {}): Automaton {
  const limits = { ...defaultLiteralLimits, ...options.limits }
  const folded = literals.map((literal) => foldLiteral(literal, options, limits))
  const { classes, count, merged } = characterClasses(folded, options)
  const trie = buildTrie(folded, classes)
  const shift = 32 - Math.clz32(count - 1)
  const bytes = (trie.stateCount << shift) * (trie.stateCount <= narrowStates ? 2 : 4)
  if (bytes > limits.maxTableBytes || trie.stateCount > 0x7fff_ffff >> shift) {
    throw new LiteralsError(
      'LITERALS_LIMIT',
      `a table of ${String(bytes)} bytes is above maxTableBytes (${String(limits.maxTableBytes)})`,
    )
  }
  const draft = fillTransitions(trie, shift)
  const { firstHit, hitStarts, hits, numbers } = collectHits(trie, draft)
  return {
    classes,
    classMask: classes.length - 1,
    shift,
    stateCount: trie.stateCount,
    table: renumber(draft.table, numbers, shift),
    firstHit,
    hitStarts,
    hits,
    merged,
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
  if (options.ignoreCase !== true || !/[A-Z]/.test(literal)) return literal
  return literal.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

interface Draft {
  /** Transitions between states numbered breadth first. */
  readonly table: Uint16Array | Int32Array
  /** State of the trie by number. */
  readonly order: Int32Array
  /** Longest proper suffix that is a state; it has a smaller number. */
  readonly suffix: Int32Array
}

function newTable(states: number, shift: number): Uint16Array | Int32Array {
  return states <= narrowStates ? new Uint16Array(states << shift) : new Int32Array(states << shift)
}

/**
 * Numbers states breadth first, so that the shallow ones, where ordinary text stays, lie together. A row begins as a
 * copy of the row of the suffix, which has its own already; then the children are put in.
 */
function fillTransitions({ stateCount, firstChild, sibling, symbols }: Trie, shift: number): Draft {
  const table = newTable(stateCount, shift)
  const order = new Int32Array(stateCount)
  const suffix = new Int32Array(stateCount)
  let size = 1
  for (let state = 0; state < stateCount; state++) {
    const row = state << shift
    const suffixRow = (suffix[state] ?? 0) << shift
    if (state > 0) table.copyWithin(row, suffixRow, suffixRow + (1 << shift))
    for (let child = firstChild[order[state] ?? 0] ?? 0; child > 0; child = sibling[child] ?? 0) {
      const place = row + (symbols[child] ?? 0)
      suffix[size] = table[place] ?? 0
      table[place] = size
      order[size++] = child
    }
  }
  return { table, order, suffix }
}

interface Hits {
  readonly firstHit: number
  readonly hitStarts: Int32Array
  readonly hits: Int32Array
  /** Final number by number of the draft. */
  readonly numbers: Int32Array
}

/** Puts states that end a literal behind all others, and lists their literals, suffixes included. */
function collectHits({ stateCount, firstEnd, sameEnd }: Trie, { order, suffix }: Draft): Hits {
  const ends = new Uint8Array(stateCount)
  let ending = 0
  for (let state = 1; state < stateCount; state++) {
    const own = (firstEnd[order[state] ?? 0] ?? -1) >= 0
    if (!own && ends[suffix[state] ?? 0] === 0) continue
    ends[state] = 1
    ending += 1
  }
  const firstHit = stateCount - ending
  const numbers = new Int32Array(stateCount)
  const hitStarts = new Int32Array(ending + 1)
  const hits: number[] = []
  let plain = 0
  let hit = 0
  for (let state = 0; state < stateCount; state++) {
    if (ends[state] === 0) {
      numbers[state] = plain++
      continue
    }
    for (let end = firstEnd[order[state] ?? 0] ?? -1; end >= 0; end = sameEnd[end] ?? -1) hits.push(end)
    const shorter = suffix[state] ?? 0
    if (ends[shorter] === 1) {
      const at = (numbers[shorter] ?? 0) - firstHit
      for (let i = hitStarts[at] ?? 0; i < (hitStarts[at + 1] ?? 0); i++) hits.push(hits[i] ?? 0)
    }
    numbers[state] = firstHit + hit
    hitStarts[++hit] = hits.length
  }
  return { firstHit, hitStarts, hits: Int32Array.from(hits), numbers }
}

function renumber(
  draft: Uint16Array | Int32Array,
  numbers: Int32Array,
  shift: number,
): Uint16Array | Int32Array {
  const table = newTable(numbers.length, shift)
  const width = 1 << shift
  for (let state = 0; state < numbers.length; state++) {
    const from = state << shift
    const to = (numbers[state] ?? 0) << shift
    for (let k = 0; k < width; k++) table[to + k] = numbers[draft[from + k] ?? 0] ?? 0
  }
  return table
}
