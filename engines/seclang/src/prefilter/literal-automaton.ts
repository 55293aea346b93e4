import { trieSize } from '../operators/trie-size.ts'

/**
 * Aho-Corasick automaton with every transition written out, over classes of bytes, ASCII letters without case. The
 * next state of `row + class` is `table[row + class]`; its complement when literals end there, so that one sign test
 * tells the scanner whether there is anything to note.
 */
export interface LiteralAutomaton {
  readonly table: Int32Array
  readonly stride: number
  readonly classes: Uint8Array
  readonly stateCount: number
  /** Numbers of the literals that end in a state; states without any are not in the map. */
  readonly endings: ReadonlyMap<number, readonly number[]>
}

/** Builds the automaton of lower-case literals; their position in the list is their number. */
export function buildAutomaton(literals: readonly string[]): LiteralAutomaton {
  const { classes, stride } = byteClasses(literals)
  const { table, stateCount, endings } = buildTrie(literals, classes, stride)
  const fail = new Int32Array(stateCount)
  const queue = new Int32Array(stateCount)
  let size = 1
  for (let head = 0; head < size; head++) {
    const state = queue[head] ?? 0
    const back = fail[state] ?? 0
    inheritEndings(endings, state, back)
    for (let number = 0; number < stride; number++) {
      const place = state * stride + number
      const child = table[place] ?? 0
      const fallback = state === 0 ? 0 : (table[back * stride + number] ?? 0)
      // 0 stands for "no child": the root is nobody's child.
      if (child === 0) table[place] = fallback
      else {
        fail[child] = fallback
        queue[size++] = child
      }
    }
  }
  for (let at = 0; at < table.length; at++) {
    const state = table[at] ?? 0
    table[at] = endings.has(state) ? ~(state * stride) : state * stride
  }
  return { table, stride, classes, stateCount, endings }
}

function inheritEndings(endings: Map<number, number[]>, state: number, back: number): void {
  const inherited = endings.get(back)
  if (inherited === undefined || state === back) return
  endings.set(state, [...(endings.get(state) ?? []), ...inherited])
}

function byteClasses(literals: readonly string[]): { classes: Uint8Array; stride: number } {
  const classes = new Uint8Array(256)
  let stride = 1
  for (const literal of literals) {
    for (let at = 0; at < literal.length; at++) {
      const unit = literal.charCodeAt(at) & 255
      if (classes[unit] === 0) classes[unit] = stride++
    }
  }
  for (let unit = 65; unit <= 90; unit++) classes[unit] = classes[unit + 32] ?? 0
  return { classes, stride }
}

interface Trie {
  readonly table: Int32Array
  readonly stateCount: number
  readonly endings: Map<number, number[]>
}

function buildTrie(literals: readonly string[], classes: Uint8Array, stride: number): Trie {
  const endings = new Map<number, number[]>()
  const table = new Int32Array(trieSize(literals) * stride)
  let stateCount = 1
  for (const [number, literal] of literals.entries()) {
    let state = 0
    for (let at = 0; at < literal.length; at++) {
      const place = state * stride + (classes[literal.charCodeAt(at) & 255] ?? 0)
      if (table[place] === 0) table[place] = stateCount++
      state = table[place] ?? 0
    }
    endings.set(state, [...(endings.get(state) ?? []), number])
  }
  return { table, stateCount, endings }
}
