import { describe, expect, it } from 'vitest'

import { compareEngines } from '../../test/engines.ts'
import { assertionHolds } from './assertion-holds.ts'
import { contextEdge, contextFinalNewline, contextNewline, contextOther, contextWord } from './alphabet.ts'
import {
  assertFinalEnd,
  assertLineEnd,
  assertLineStart,
  assertNotWord,
  assertTextEnd,
  assertTextStart,
  assertWord,
  opMatch,
  opSet,
  opSplit,
} from './program.ts'
import { consumingEdges, emptyEdges } from './reverse-edges.ts'

import type { Program } from './program.ts'

function programOf(pattern: string): Program {
  return compareEngines(pattern, { withoutRe2: true }).program
}

function count(program: Program, op: number): number {
  return program.op.filter((one) => one === op).length
}

describe('assemble', () => {
  it('has the match as instruction 0 and each set once', () => {
    const program = programOf('aba')
    expect(program.op[0]).toBe(opMatch)
    expect(program.sets).toEqual([
      [0x61, 0x61],
      [0x62, 0x62],
    ])
    expect(count(program, opSet)).toBe(3)
  })

  it('writes counted repeats out', () => {
    expect(count(programOf('a{3}'), opSet)).toBe(3)
    expect(count(programOf('a{2,5}'), opSet)).toBe(5)
    expect(count(programOf('a{2,5}'), opSplit)).toBe(3)
    expect(count(programOf('a{3,}'), opSet)).toBe(3)
    expect(count(programOf('a{0}'), opSet)).toBe(0)
  })

  it('lets an empty pass leave its loop', () => {
    expect(count(programOf('(?:a)*'), opSplit)).toBe(1)
    expect(count(programOf('(?:a?)*'), opSplit)).toBe(3)
  })

  it('reaches every branch in logarithmic steps', () => {
    const program = programOf(
      Array.from({ length: 64 }, (_, n) => String.fromCharCode(0x30 + n))
        .join('|')
        .replaceAll('\\', 'x')
        .replace('?', 'y')
        .replace('[', 'z')
        .replace('^', 'q'),
    )
    const depth = (pc: number): number =>
      program.op[pc] === opSplit ? 1 + Math.max(depth(program.out[pc] ?? 0), depth(program.arg[pc] ?? 0)) : 0
    expect(depth(program.start)).toBe(6)
  })
})

describe('reversed edges', () => {
  it('are the edges of the program, backwards', () => {
    const program = programOf('(a|b)*c$')
    const consuming = consumingEdges(program)
    const empty = emptyEdges(program)
    for (let pc = 0; pc < program.length; pc++) {
      const from = (edges: typeof empty): number[] => [
        ...edges.from.subarray(edges.starts[pc], edges.starts[pc + 1]),
      ]
      for (const source of from(consuming))
        expect([program.op[source], program.out[source]]).toEqual([opSet, pc])
      for (const source of from(empty)) {
        expect(program.op[source]).not.toBe(opSet)
        expect(
          program.out[source] === pc || (program.op[source] === opSplit && program.arg[source] === pc),
        ).toBe(true)
      }
    }
    expect(consuming.from.length).toBe(count(program, opSet))
  })
})

describe('assertionHolds', () => {
  const rows: readonly (readonly [string, number, number, number, boolean])[] = [
    ['\\A at the start', assertTextStart, contextEdge, contextWord, true],
    ['\\A after a newline', assertTextStart, contextNewline, contextWord, false],
    ['multiline ^ after a newline', assertLineStart, contextNewline, contextWord, true],
    ['multiline ^ after a final newline', assertLineStart, contextFinalNewline, contextEdge, true],
    ['multiline ^ inside a line', assertLineStart, contextOther, contextOther, false],
    ['\\z at the end', assertTextEnd, contextOther, contextEdge, true],
    ['\\z before a final newline', assertTextEnd, contextOther, contextFinalNewline, false],
    ['multiline $ before a newline', assertLineEnd, contextOther, contextNewline, true],
    ['multiline $ at the end', assertLineEnd, contextOther, contextEdge, true],
    ['\\Z before a final newline', assertFinalEnd, contextOther, contextFinalNewline, true],
    ['\\Z before another newline', assertFinalEnd, contextOther, contextNewline, false],
    ['\\b into a word', assertWord, contextOther, contextWord, true],
    ['\\b out of a word at the end', assertWord, contextWord, contextEdge, true],
    ['\\b inside a word', assertWord, contextWord, contextWord, false],
    ['\\b in an empty input', assertWord, contextEdge, contextEdge, false],
    ['\\B inside a word', assertNotWord, contextWord, contextWord, true],
    ['\\B between others', assertNotWord, contextOther, contextNewline, true],
    ['\\B out of a word', assertNotWord, contextWord, contextOther, false],
  ]
  it.each(rows)('%s', (_, code, before, after, expected) => {
    expect(assertionHolds(code, before, after)).toBe(expected)
  })
})
