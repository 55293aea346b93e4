import { describe, expect, it } from 'vitest'

import { compareEngines } from '../../test/engines.ts'
import { CacheBudget } from './cache-budget.ts'
import { LinearMatcher } from './linear-matcher.ts'
import { PikeVm } from './pike-vm.ts'
import { TaggedDfa } from './tagged-dfa.ts'

import type { CompareOptions } from '../../test/engines.ts'
import type { LinearOptions } from './linear-options.ts'

interface Built {
  readonly dfa: TaggedDfa
  readonly slots: Int32Array
  find(input: string, from?: number): readonly number[] | string
}

function build(pattern: string, options: CompareOptions & Partial<LinearOptions> = {}): Built {
  const { program, alphabet } = compareEngines(pattern, { ...options, withoutRe2: true })
  const dfa = new TaggedDfa(program, alphabet, {
    wide: options.mode === 'string',
    maxCacheBytes: 1_048_576,
    budget: undefined,
    ...options,
  })
  const slots = new Int32Array(program.slots)
  return {
    dfa,
    slots,
    find: (input, from = 0) => {
      const result = dfa.run(input, from, slots)
      return result === 'match' ? [...slots] : result
    },
  }
}

describe('TaggedDfa', () => {
  const rows: readonly (readonly [pattern: string, input: string, slots: readonly number[] | 'nothing'])[] = [
    ['a', 'xxa', [2, 3]],
    ['b', 'aaa', 'nothing'],
    ['', '', [0, 0]],
    ['a|ab', 'ab', [0, 1]],
    ['ab|a', 'ab', [0, 2]],
    ['(a+)(a*)', 'aaa', [0, 3, 0, 3, 3, 3]],
    ['(a+?)(a*)', 'aaa', [0, 3, 0, 1, 1, 3]],
    ['(a)|(b)', 'b', [0, 1, -1, -1, 0, 1]],
    ['(?:(a)|(b))+', 'ab', [0, 2, 0, 1, 1, 2]],
    ['(?:(a)x|(a)y)', 'ay', [0, 2, -1, -1, 0, 1]],
    ['a.*z|c', 'a c z', [0, 5]],
    // A match is kept while a preferred thread goes on and fails.
    ['(a)(?:.*z)?', 'abc', [0, 1, 0, 1]],
    ['(\\w+) (\\w+)', '-ab cd!', [1, 6, 1, 3, 4, 6]],
    ['(\\d+)-(\\d+)', '12-x 34-56', [5, 10, 5, 7, 8, 10]],
    ['a(.*)', 'xab\ncd', [1, 3, 2, 3]],
    ['(?s)a(.*)', 'xab\ncd', [1, 6, 2, 6]],
    ['a(.*)$', 'ab\nac', [3, 5, 4, 5]],
    ['(?m)a(.*)$', 'ab\nac', [0, 2, 1, 2]],
    ['(\\b|a)+', 'a', [0, 0, 0, 0]],
    ['\\b(\\w+)\\b', '  ab ', [2, 4, 2, 4]],
    ['^b', 'ab', 'nothing'],
    ['(?m)^(b)', 'a\nb', [2, 3, 2, 3]],
  ]
  it.each(rows)('of %j on %j is %j', (pattern, input, slots) => {
    expect(build(pattern).find(input)).toEqual(slots)
    expect(build(pattern, { mode: 'string' }).find(input)).toEqual(slots)
  })

  it('answers from an offset as from the start of a longer input', () => {
    const { find } = build('\\Bb|^(a)|(?m)$')
    const { program, alphabet } = compareEngines('\\Bb|^(a)|(?m)$', { withoutRe2: true })
    const pike = new PikeVm(program, alphabet, false)
    for (const input of ['ab', 'bab', 'a b ab', 'x\nbb'])
      for (let from = 0; from <= input.length; from++)
        expect(find(input, from)).toEqual([...(pike.run({ input, from }) ?? [])])
  })

  it('reads code points outside the basic plane, also behind a newline that a rest stops at', () => {
    const { find } = build('(.)b(.*)', { mode: 'string' })
    expect(find('\u{1f600}b\u{1f600}\u{1f600}\n\u{1f600}')).toEqual([0, 7, 0, 2, 3, 7])
  })

  it('tells the newline that ends an input from others', () => {
    const options = { dollar: 'final-newline' } as const
    const { find } = build('(a.*)$', options)
    expect([find('ab\n'), find('ab\nc'), find('ab'), find('b\na\n')]).toEqual([
      [0, 2, 0, 2],
      'nothing',
      [0, 2, 0, 2],
      [2, 3, 2, 3],
    ])
  })

  it('leaves the slots alone when there is no match', () => {
    const { dfa, slots } = build('(a+)b')
    slots.fill(77)
    expect(dfa.run('aaac', 0, slots)).toBe('nothing')
    expect([...slots]).toEqual([77, 77, 77, 77])
  })

  it('reads an input once: a second run costs one step a character', () => {
    const { dfa, find } = build('((?:ab|cd)+)(x)?')
    const input = 'abcd'.repeat(100)
    find(input)
    const first = dfa.steps
    find(input)
    expect(dfa.steps).toBeLessThanOrEqual(input.length + 1)
    expect(dfa.steps).toBeLessThan(first)
  })

  it('stops when nothing can change the match', () => {
    const { dfa, find } = build('^(a)b')
    find(`ab${'x'.repeat(10_000)}`)
    find(`xx${'x'.repeat(10_000)}`)
    expect(dfa.steps).toBeLessThan(50)
  })

  it('gives up when its states outgrow the cache, rests, and begins anew', () => {
    const { dfa, find } = build('(?:a|b)*a(?:a|b){12}(c)', { maxCacheBytes: 20_000 })
    let seed = 7
    const input = Array.from({ length: 2_000 }, () => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
      return 'ab'[(seed >>> 16) & 1]
    }).join('')
    expect(dfa.isReady()).toBe(true)
    expect(find(`${input}c`)).toBe('overflow')
    expect(dfa.bytes).toBe(0)
    let rested = 0
    while (!dfa.isReady()) rested += 1
    expect(rested).toBe(10_000)
    expect(find('abbbbbbbbbbbbc')).toEqual([0, 14, 13, 14])
  })

  it('gives up on more registers than it has, and takes as many', () => {
    const find = (groups: number): unknown => build(`^${'(x)y'.repeat(groups)}`).find('xy'.repeat(groups))
    expect(find(128)).toHaveLength(258)
    expect(find(129)).toBe('overflow')
  })

  it('is never ready for programs that are too large, nor when it is not wanted', () => {
    expect(build('(?:(a)b){900}', { limits: { maxGroups: 1_000 } }).dfa.isReady()).toBe(true)
    expect(build(`${'(a)'.repeat(200)}(?:b{1000}){2}`).dfa.isReady()).toBe(false)
    expect(build('a', { onePass: false }).dfa.isReady()).toBe(false)
  })

  it('begins anew when others used up the memory that it shares', () => {
    const budget = new CacheBudget(100_000)
    const { dfa, find } = build('(a+)(b+)', { budget })
    expect(find('xaabb')).toEqual([1, 5, 1, 3, 3, 5])
    budget.reserve(100_000)
    expect(budget.epoch).toBe(1)
    expect(find('xaabb')).toEqual([1, 5, 1, 3, 3, 5])
    expect(dfa.steps).toBeGreaterThan(10)
  })
})

describe('captures of a LinearMatcher', () => {
  it('are the same while the automaton of one pass rests', () => {
    const { program, alphabet } = compareEngines('(?:a|b)*a(?:a|b){9}(c)', { withoutRe2: true })
    const matcher = new LinearMatcher(program, alphabet, {
      wide: false,
      maxCacheBytes: 4_096,
      budget: undefined,
    })
    const pike = new PikeVm(program, alphabet, false)
    let seed = 3
    for (let round = 0; round < 60; round++) {
      let input = ''
      for (let n = 0; n < 60; n++) {
        seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
        input += 'aabbc'[(seed >>> 16) % 5] ?? ''
      }
      expect(matcher.exec(input, 0)).toEqual(pike.run({ input, from: 0 }))
    }
  })

  it('are asked for only where there is a match, once there was none for a while', () => {
    const { program, alphabet } = compareEngines('(a+)b', { withoutRe2: true })
    const matcher = new LinearMatcher(program, alphabet, {
      wide: false,
      maxCacheBytes: 65_536,
      budget: undefined,
    })
    for (let round = 0; round < 20; round++) expect(matcher.exec('aaac', 0)).toBeUndefined()
    expect(matcher.exec('aab', 0)).toEqual(Int32Array.of(0, 3, 0, 2))
    expect(matcher.exec('aac', 0)).toBeUndefined()
  })
})
