/**
 * States of the trie of some texts, its root included: each text adds what it does not share with the one before it in
 * sorted order. Known in advance, tables need not grow.
 */
export function trieSize(texts: readonly string[]): number {
  let states = 1
  let last = ''
  for (const text of texts.toSorted()) {
    let shared = 0
    while (shared < text.length && text.charCodeAt(shared) === last.charCodeAt(shared)) shared++
    states += text.length - shared
    last = text
  }
  return states
}
