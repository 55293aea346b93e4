import { describe, expect, it } from 'vitest'

import { compileRegex } from '../compile-regex.ts'
import { assemble } from './assemble.ts'
import { maxBarGrowth, takeOutBars } from './bar-sets.ts'
import { opAssert, opBar, opMatch, opSet, assertLineEnd, assertTextEnd, type Program } from './program.ts'

import type { CharSet } from '../charset/char-set.ts'
import type { RegexNode } from '../syntax/node.ts'

const letter = (text: string): RegexNode => ({ kind: 'set', set: [text.charCodeAt(0), text.charCodeAt(0)] })
const a = letter('a')
const b = letter('b')
const aToC: RegexNode = { kind: 'set', set: [0x61, 0x63] }

/** `a*+` and what follows it. */
function behindRun(barred: CharSet, ...rest: readonly RegexNode[]): Program {
  const repeat: RegexNode = { kind: 'repeat', node: a, min: 0, max: Infinity, greedy: true }
  return assemble(
    { kind: 'concat', nodes: [{ kind: 'atomic', node: repeat, offset: 0, barred }, ...rest] },
    1,
  )
}

const setsOf = (program: Program): string[] => program.sets.map((set) => set.join('-')).toSorted()

describe('bars behind possessive runs', () => {
  it('leave programs without them as they are', () => {
    const program = assemble({ kind: 'concat', nodes: [a, b] }, 1)
    expect(takeOutBars(program)).toBe(program)
  })

  it('are gone from the program, and what comes next is smaller by their set', () => {
    const program = behindRun([0x61, 0x61], aToC)
    expect([...program.op]).not.toContain(opBar)
    expect(setsOf(program)).toEqual(['97-97', '98-99'])
  })

  it('reach through what may be empty, and stop behind what is consumed', () => {
    const maybe: RegexNode = { kind: 'repeat', node: b, min: 0, max: 1, greedy: true }
    const program = behindRun([0x61, 0x61], maybe, aToC, aToC)
    // The first of the two sets is barred where `b?` took nothing, and whole behind a `b`.
    expect(setsOf(program)).toEqual(['97-97', '97-99', '98-98', '98-99'])
  })

  it('leave nothing where all that could follow is barred', () => {
    expect(setsOf(behindRun([0x61, 0x61], a))).toEqual(['', '97-97'])
    expect(compileRegex('a*+a').test('aaaa')).toBe(false)
  })

  it.each([
    ['\n is barred', [0x0a, 0x0a], assertTextEnd],
    ['\n is not barred', [0x61, 0x61], assertLineEnd],
  ] as const)('make the end of a line the end of the input where %s', (_, barred, code) => {
    const program = behindRun(barred, { kind: 'assert', assertion: 'line-end' })
    const at = program.op.indexOf(opAssert)
    expect(program.arg[at]).toBe(code)
    expect(program.assertions).toBe(1 << code)
  })

  it('add up when several stand side by side', () => {
    const regex = compileRegex('^a*+b*+[abc]d')
    expect(['aabbcd', 'aabbad', 'cd', 'acd', 'bcd'].every((input) => regex.test(input))).toBe(true)
    expect(['aabbbd', 'abbd', 'aad', 'bbd', 'ad'].some((input) => regex.test(input))).toBe(false)
  })

  it('keep an end and an entry for every instruction', () => {
    const program = behindRun([0x61, 0x61], { kind: 'alternate', nodes: [aToC, b] }, a)
    expect([...program.op].map((op) => op === opMatch).lastIndexOf(true)).toBe(0)
    for (const [at, op] of program.op.entries()) {
      if (op === opMatch) continue
      expect(program.out[at]).toBeLessThan(program.length)
      if (op === opSet) expect(program.sets[program.arg[at] ?? -1]).toBeDefined()
    }
  })

  it('refuse a pattern of which they would make many times as much', () => {
    const names = Array.from({ length: 40 }, (_, at) => `[${String.fromCharCode(0x30 + at)}b]*+`)
    const many = names.join('') + 'b?'.repeat(60)
    expect(() => compileRegex(many)).toThrow(expect.objectContaining({ code: 'REGEX_LIMIT' }))
    expect(compileRegex(names.slice(0, maxBarGrowth / 2).join('') + 'bc').test('1bc')).toBe(false)
  })
})
