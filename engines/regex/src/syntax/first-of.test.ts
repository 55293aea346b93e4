import { describe, expect, it } from 'vitest'

import { compareEngines } from '../../test/engines.ts'
import { firstOf, isNullable, minLengthOf } from './first-of.ts'

import type { RegexNode } from './node.ts'

function nodeOf(pattern: string, mode: 'bytes' | 'string' = 'bytes'): RegexNode {
  return compareEngines(pattern, { mode, withoutRe2: true }).node
}

describe('firstOf', () => {
  const rows: readonly (readonly [
    pattern: string,
    set: readonly number[],
    nullable: boolean,
    assertions: readonly string[],
  ])[] = [
    ['abc', [0x61, 0x61], false, []],
    ['a?b', [0x61, 0x62], false, []],
    ['a*', [0x61, 0x61], true, []],
    ['a|c', [0x61, 0x61, 0x63, 0x63], false, []],
    ['\\ba', [0x61, 0x61], false, ['word']],
    ['(?:a$|)b', [0x61, 0x62], false, []],
    ['(?:$|a)b', [0x61, 0x62], false, ['text-end']],
  ]
  it.each(rows)('of %j', (pattern, set, nullable, assertions) => {
    const first = firstOf(nodeOf(pattern))
    expect({ set: first.set, nullable: first.nullable, assertions: [...first.assertions] }).toEqual({
      set,
      nullable,
      assertions,
    })
  })
})

describe('isNullable and minLengthOf', () => {
  const rows: readonly (readonly [pattern: string, nullable: boolean, least: number])[] = [
    ['', true, 0],
    ['^$', true, 0],
    ['a*', true, 0],
    ['(?:ab){2,3}', false, 4],
    ['abc|d', false, 1],
    ['(?:a|)', true, 0],
    ['(a)(b?)', false, 1],
  ]
  it.each(rows)('of %j', (pattern, nullable, least) => {
    const node = nodeOf(pattern)
    expect([isNullable(node), minLengthOf(node)]).toEqual([nullable, least])
  })

  it('counts UTF-16 units, not code points', () => {
    expect(minLengthOf(nodeOf('[\u{1f600}-\u{1f64f}]x', 'string'))).toBe(3)
    expect(minLengthOf(nodeOf('[a\u{1f600}]', 'string'))).toBe(1)
  })
})
