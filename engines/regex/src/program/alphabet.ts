import { setHas, type CharSet } from '../charset/char-set.ts'
import { wordChars } from '../charset/named-classes.ts'
import {
  assertFinalEnd,
  assertLineEnd,
  assertLineStart,
  assertNotWord,
  assertWord,
  type Program,
} from './program.ts'

/** What the character before or after a position means to assertions. */
export const contextOther = 0
/** A newline. */
export const contextNewline = 1
/** A word character. */
export const contextWord = 2
/** No character: start or end of the input. */
export const contextEdge = 3
/** A newline that ends the input. */
export const contextFinalNewline = 4

const directSize = 256
const newline = 0x0a

/** Characters no set and no assertion of a program tells apart share one class; automata step by class. */
export interface Alphabet {
  /** Number of classes, the two below included. */
  readonly size: number
  /** Class of "no more input". */
  readonly endClass: number
  /** Class of a newline that ends the input; only told apart when the program asks for it. */
  readonly finalNewlineClass: number
  readonly usesFinalNewline: boolean
  /** Class by code unit, for codes below 256. Narrow for bytes, where there are at most 256 classes: it is read for each byte. */
  readonly direct: Uint8Array | Uint16Array
  /** First code of each range of one class, ascending, for all codes; searched for codes from 256. */
  readonly rangeStarts: Int32Array
  readonly rangeClasses: Uint16Array
  /** Context by class. */
  readonly context: Uint8Array
  /** 1 where set `s` has class `k`, at `s * size + k`. */
  readonly members: Uint8Array
}

/** Builds the alphabet of a program for inputs with codes up to `maxCode`. */
export function buildAlphabet(program: Program, maxCode: number): Alphabet {
  const splitting = [...program.sets, ...assertionSets(program)]
  const starts = rangeStartsOf(splitting, maxCode)
  const classNumbers = new Map<string, number>()
  const samples: number[] = []
  const classes = starts.map((code) => {
    const key = splitting.map((set) => (setHas(set, code) ? '1' : '0')).join('')
    const known = classNumbers.get(key)
    if (known !== undefined) return known
    classNumbers.set(key, samples.length)
    samples.push(code)
    return samples.length - 1
  })
  const size = samples.length + 2
  return {
    size,
    endClass: samples.length,
    finalNewlineClass: samples.length + 1,
    usesFinalNewline: (program.assertions & (1 << assertFinalEnd)) !== 0,
    direct: directTable(starts, classes, maxCode > 0xff),
    rangeStarts: Int32Array.from(starts),
    rangeClasses: Uint16Array.from(classes),
    context: contextsOf(program, samples),
    members: membersOf(program.sets, samples, size),
  }
}

/** Class of a code from 256 on, by binary search. */
export function classOfWide(alphabet: Alphabet, code: number): number {
  const starts = alphabet.rangeStarts
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= code) low = middle
    else high = middle - 1
  }
  return alphabet.rangeClasses[low] ?? 0
}

function assertionSets(program: Program): CharSet[] {
  const sets: CharSet[] = []
  const uses = (...codes: number[]): boolean => codes.some((code) => (program.assertions & (1 << code)) !== 0)
  if (uses(assertLineStart, assertLineEnd, assertFinalEnd)) sets.push([newline, newline])
  if (uses(assertWord, assertNotWord)) sets.push(wordChars)
  return sets
}

function rangeStartsOf(sets: readonly CharSet[], maxCode: number): number[] {
  const starts = new Set([0])
  for (const set of sets) {
    for (let i = 0; i < set.length; i += 2) {
      starts.add(set[i] ?? 0)
      const after = (set[i + 1] ?? 0) + 1
      if (after <= maxCode) starts.add(after)
    }
  }
  return [...starts].sort((a, b) => a - b)
}

function directTable(
  starts: readonly number[],
  classes: readonly number[],
  wide: boolean,
): Uint8Array | Uint16Array {
  const table = wide ? new Uint16Array(directSize) : new Uint8Array(directSize)
  for (const [i, start] of starts.entries()) {
    if (start < directSize)
      table.fill(classes[i] ?? 0, start, Math.min(directSize, starts[i + 1] ?? directSize))
  }
  return table
}

function contextsOf(program: Program, samples: readonly number[]): Uint8Array {
  const context = new Uint8Array(samples.length + 2)
  const asksWord = (program.assertions & ((1 << assertWord) | (1 << assertNotWord))) !== 0
  const asksLine =
    (program.assertions & ((1 << assertLineStart) | (1 << assertLineEnd) | (1 << assertFinalEnd))) !== 0
  for (const [number, code] of samples.entries()) {
    if (asksLine && code === newline) context[number] = contextNewline
    else if (asksWord && setHas(wordChars, code)) context[number] = contextWord
  }
  context[samples.length] = contextEdge
  context[samples.length + 1] = contextFinalNewline
  return context
}

function membersOf(sets: readonly CharSet[], samples: readonly number[], size: number): Uint8Array {
  const members = new Uint8Array(sets.length * size)
  for (const [s, set] of sets.entries()) {
    for (const [k, code] of samples.entries()) if (setHas(set, code)) members[s * size + k] = 1
    // The final newline is a newline to every set.
    if (setHas(set, newline)) members[s * size + samples.length + 1] = 1
  }
  return members
}
