import { describe, expect, it } from 'vitest'

import { compareEngines } from '../../test/engines.ts'
import { MatchEndDfa } from './match-end-dfa.ts'
import { PikeVm } from './pike-vm.ts'

const options = { wide: false, maxCacheBytes: 1_048_576, budget: undefined }

describe('MatchEndDfa', () => {
  const rows: readonly (readonly [pattern: string, input: string, end: number])[] = [
    ['a', 'xxa', 3],
    ['a|ab', 'ab', 1],
    ['ab|a', 'ab', 2],
    ['a+', 'aaab', 3],
    ['a+?', 'aaab', 1],
    ['a.*z|c', 'a c z', 5],
    ['x*', 'aaa', 0],
    ['a$', 'a', 1],
    ['a\\b', 'ab a', 4],
    ['b', 'aaa', -1],
    ['', '', 0],
    ['(?m)a$', 'xa\nb', 2],
    ['(\\b|a)+', 'a', 0],
  ]
  it.each(rows)('of %j on %j is %i', (pattern, input, end) => {
    const { program, alphabet } = compareEngines(pattern)
    expect(new MatchEndDfa(program, alphabet, options).find(input, 0)).toBe(end)
  })

  it('stops reading when nothing can change the end', () => {
    const { program, alphabet } = compareEngines('ab')
    const dfa = new MatchEndDfa(program, alphabet, options)
    dfa.find(`ab${'x'.repeat(10_000)}`, 0)
    dfa.find(`ab${'x'.repeat(10_000)}`, 0)
    expect(dfa.steps).toBeLessThan(10)
  })
})

describe('LinearMatcher', () => {
  it('builds each state once: a second run costs one step a character', () => {
    const { linear } = compareEngines('(?:ab|cd)+x')
    const input = 'abcd'.repeat(100)
    linear.test(input, 0)
    const first = linear.steps
    linear.test(input, 0)
    expect(linear.steps).toBeLessThanOrEqual(input.length + 1)
    expect(linear.steps).toBeLessThan(first)
  })

  it('holds no more memory than allowed after hostile inputs', () => {
    const { linear } = compareEngines('a.{0,14}b.{0,14}c', { maxCacheBytes: 65_536, withoutRe2: true })
    let seed = 1
    for (let round = 0; round < 20; round++) {
      let input = ''
      for (let i = 0; i < 500; i++) {
        seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
        input += 'abx'[(seed >>> 16) % 3] ?? ''
      }
      linear.test(input, 0)
      linear.exec(`${input}c`, 0)
      expect(linear.bytes).toBeLessThan(3 * 2 * 65_536)
    }
  })

  it('answers from an offset as from the start of a longer input', () => {
    const { linear, program, alphabet } = compareEngines('\\Bb|^a')
    const pike = new PikeVm(program, alphabet, false)
    for (const input of ['ab', 'bab', 'a b ab', 'xbb']) {
      for (let from = 0; from <= input.length; from++) {
        const expected = pike.run({ input, from })
        expect(linear.exec(input, from)).toEqual(expected)
        expect(linear.test(input, from)).toBe(expected !== undefined)
      }
    }
  })

  it('does not keep captures of a choice that was given up', () => {
    const { finders } = compareEngines('(?:(a)x|(a)y)')
    for (const find of finders.values()) expect(find('ay')).toEqual([0, 2, -1, -1, 0, 1])
  })

  it('keeps the capture of the last pass that set it', () => {
    const { finders } = compareEngines('(?:(a)|(b))+')
    for (const find of finders.values()) expect(find('ab')).toEqual([0, 2, 0, 1, 1, 2])
  })
})
