import { describe, expect, it } from 'vitest'
import { countGroups, keepGroups } from './capturing-groups.ts'

describe('capturing groups', () => {
  const cases: readonly (readonly [source: string, groups: number, onlySecond: string])[] = [
    ['(a)(b)', 2, '(?:a)(b)'],
    ['((a)b)', 2, '(?:(a)b)'],
    ['(?:a)(b)(?i:c)(d)', 2, '(?:a)(?:b)(?i:c)(d)'],
    ['[(](a)[^(]([])(]b)', 2, '[(](?:a)[^(]([])(]b)'],
    ['\\(\\\\(a)(b)', 2, '\\(\\\\(?:a)(b)'],
    ['(?P<x>a)(?P<y>b)', 2, '(?:a)(?P<y>b)'],
    ['[[:alpha:](](a)(b)', 2, '[[:alpha:](](?:a)(b)'],
    ['\\Q(x)\\E(a)(b)', 2, '\\Q(x)\\E(?:a)(b)'],
  ]
  for (const [source, groups, onlySecond] of cases) {
    it(`of ${source}`, () => {
      expect(countGroups(source)).toBe(groups)
      expect(keepGroups(source, new Set([2]))).toBe(onlySecond)
    })
  }
})
