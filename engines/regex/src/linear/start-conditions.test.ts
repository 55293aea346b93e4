import { describe, expect, it } from 'vitest'

import { compareEngines } from '../../test/engines.ts'
import { looksBack, startsLater } from './start-conditions.ts'

describe('startsLater', () => {
  const rows: readonly (readonly [pattern: string, later: boolean])[] = [
    ['a', true],
    ['', true],
    ['^a', false],
    ['(^)a', false],
    ['(?:^a|^b)', false],
    ['(?:^a|b)', true],
    ['^?a', true],
    ['^*a', true],
    ['\\Aa', false],
    ['(?m)^a', true],
    ['\\b^a', false],
    ['$^', false],
    ['(?:|^)a', true],
    ['(?:^)+a', false],
  ]
  it.each(rows)('of %j is %s', (pattern, later) => {
    expect(startsLater(compareEngines(pattern, { withoutRe2: true }).program)).toBe(later)
  })
})

describe('looksBack', () => {
  const rows: readonly (readonly [pattern: string, atStart: boolean, anywhere: boolean])[] = [
    ['ab', false, false],
    ['^a', true, true],
    ['(?m)^a', true, true],
    ['(\\b)a', true, true],
    ['(?:x|\\B)a', true, true],
    ['a\\b', false, true],
    ['a$', false, false],
    ['a(?m:$)', false, false],
    ['x*\\ba', true, true],
  ]
  it.each(rows)('of %j: at the start %s, anywhere %s', (pattern, atStart, anywhere) => {
    const { program } = compareEngines(pattern, { withoutRe2: true })
    const marks = looksBack(program)
    expect([marks[program.start] === 1, marks.includes(1)]).toEqual([atStart, anywhere])
  })
})
