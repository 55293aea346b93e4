/**
 * Aho-Corasick automaton with every transition written out, over classes of bytes, ASCII letters without case. The
 * next state of `row + class` is `table[row + class]`; its complement when literals end there, so that one sign test
 * tells the scanner whether there is anything to note.
 */
export interface LiteralAutomaton {
  readonly table: Int32Array
  readonly stride: number
  readonly classes: Uint8Array
  /** Numbers of the literals that end in each state. */
  readonly endings: readonly (readonly number[])[]
}

/** Builds the automaton of lower-case literals; their position in the list is their number. */
export function buildAutomaton(literals: readonly string[]): LiteralAutomaton {
  const { classes, stride } = byteClasses(literals)
  const trie = buildTrie(literals, classes, stride)
  const count = trie.endings.length
  const table = new Int32Array(count * stride)
  const fail = new Int32Array(count)
  const queue: number[] = []
  for (let number = 0; number < stride; number++) {
    const child = trie.children[number] ?? -1
    if (child > 0) queue.push(child)
    table[number] = Math.max(0, child)
  }
  for (let head = 0; head < queue.length; head++) {
    const state = queue[head] ?? 0
    const back = fail[state] ?? 0
    for (const ending of trie.endings[back] ?? []) trie.endings[state]?.push(ending)
    for (let number = 0; number < stride; number++) {
      const child = trie.children[state * stride + number] ?? -1
      const fallback = table[back * stride + number] ?? 0
      table[state * stride + number] = child < 0 ? fallback : child
      if (child < 0) continue
      fail[child] = fallback
      queue.push(child)
    }
  }
  for (let at = 0; at < table.length; at++) {
    const state = table[at] ?? 0
    table[at] = (trie.endings[state]?.length ?? 0) > 0 ? ~(state * stride) : state * stride
  }
  return { table, stride, classes, endings: trie.endings }
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

function buildTrie(
  literals: readonly string[],
  classes: Uint8Array,
  stride: number,
): { children: Int32Array; endings: number[][] } {
  const most = literals.reduce((sum, literal) => sum + literal.length, 1)
  const children = new Int32Array(most * stride).fill(-1)
  const endings: number[][] = [[]]
  for (const [number, literal] of literals.entries()) {
    let state = 0
    for (let at = 0; at < literal.length; at++) {
      const place = state * stride + (classes[literal.charCodeAt(at) & 255] ?? 0)
      if ((children[place] ?? -1) < 0) {
        children[place] = endings.length
        endings.push([])
      }
      state = children[place] ?? 0
    }
    endings[state]?.push(number)
  }
  return { children, endings }
}
