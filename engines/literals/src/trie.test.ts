import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { characterClasses } from './character-classes.ts'
import { buildTrie, type Trie } from './trie.ts'

const literals = fc.array(
  fc.string({ unit: fc.constantFrom('a', 'b', '\xff'), minLength: 1, maxLength: 6 }),
  {
    maxLength: 20,
  },
)

/** Literals below a state by number, with the classes that lead there, in the words of the trie. */
function read(trie: Trie, state = 0, path: readonly number[] = []): Map<number, readonly number[]> {
  const found = new Map<number, readonly number[]>()
  for (let end = trie.firstEnd[state] ?? -1; end >= 0; end = trie.sameEnd[end] ?? -1) found.set(end, path)
  for (let child = trie.firstChild[state] ?? 0; child > 0; child = trie.sibling[child] ?? 0)
    for (const [end, inner] of read(trie, child, [...path, trie.symbols[child] ?? 0])) found.set(end, inner)
  return found
}

describe('a trie', () => {
  it('holds every literal on the way of its classes, copies of one at the same end', () => {
    fc.assert(
      fc.property(literals, (list) => {
        const { classes } = characterClasses(list, {})
        const found = read(buildTrie(list, classes))
        expect(found.size).toBe(list.length)
        for (const [number, literal] of list.entries())
          expect(found.get(number)).toEqual([...literal].map((one) => classes[one.charCodeAt(0)]))
      }),
    )
  })

  it('has a state for each different beginning, and one for none', () => {
    fc.assert(
      fc.property(literals, (list) => {
        const beginnings = new Set(list.flatMap((one) => [...one].map((_, at) => one.slice(0, at + 1))))
        expect(buildTrie(list, characterClasses(list, {}).classes).stateCount).toBe(beginnings.size + 1)
      }),
    )
  })

  it('of characters that share a class has one way for both', () => {
    const classes = new Uint16Array(256)
    for (const unit of 'ab') classes[unit.charCodeAt(0)] = 1
    const trie = buildTrie(['aa', 'ab', 'bb'], classes)
    expect(trie.stateCount).toBe(3)
    expect([...read(trie).keys()].toSorted((a, b) => a - b)).toEqual([0, 1, 2])
  })
})
