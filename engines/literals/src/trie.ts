/** A trie over classes of characters in parallel arrays; state 0 is the root. */
export interface Trie {
  readonly stateCount: number
  /** First child of a state, or 0; `sibling` links the others. */
  readonly firstChild: Int32Array
  readonly sibling: Int32Array
  /** Class that leads to a state. */
  readonly symbols: Uint16Array
  /** First literal that ends in a state, or -1; `sameEnd` links the others. */
  readonly firstEnd: Int32Array
  readonly sameEnd: Int32Array
}

/** Builds the trie of literals read by class. */
export function buildTrie(literals: readonly string[], classes: Uint16Array): Trie {
  const most = literals.reduce((sum, literal) => sum + literal.length, 1)
  const firstChild = new Int32Array(most)
  const sibling = new Int32Array(most)
  const symbols = new Uint16Array(most)
  const firstEnd = new Int32Array(most).fill(-1)
  const sameEnd = new Int32Array(literals.length).fill(-1)
  // The root has by far the most children: they are found by class.
  const rootChildren = new Int32Array(classes.length)
  let stateCount = 1
  for (const [number, literal] of literals.entries()) {
    let state = 0
    for (let at = 0; at < literal.length; at++) {
      const symbol = classes[literal.charCodeAt(at)] ?? 0
      let child = state === 0 ? (rootChildren[symbol] ?? 0) : (firstChild[state] ?? 0)
      if (state !== 0) while (child !== 0 && symbols[child] !== symbol) child = sibling[child] ?? 0
      if (child === 0) {
        child = stateCount++
        symbols[child] = symbol
        sibling[child] = firstChild[state] ?? 0
        firstChild[state] = child
        if (state === 0) rootChildren[symbol] = child
      }
      state = child
    }
    sameEnd[number] = firstEnd[state] ?? -1
    firstEnd[state] = number
  }
  return { stateCount, firstChild, sibling, symbols, firstEnd, sameEnd }
}
