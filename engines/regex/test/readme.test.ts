import { expect, it } from 'vitest'

import { compileRegex } from '../src/compile-regex.ts'
import { defaultLimits } from '../src/limits.ts'

it('the example of the README says the truth', () => {
  const rule = compileRegex('(?i)union\\s+select\\s+(\\w+)', { dotAll: true })
  expect(rule.test('id=1 UNION  SELECT name')).toBe(true)
  expect(rule.match('id=1 UNION  SELECT name')).toEqual(['UNION  SELECT name', 'name'])
  expect(rule.requiredLiterals.slice(0, 2)).toEqual([['select'], ['union']])
  const line = compileRegex('^(?P<ip>\\S+) .* (?P<status>\\d{3})$', { mode: 'string' })
  expect(line.groupNames).toEqual([undefined, 'ip', 'status'])
})

it('the limits of the README are the defaults', () => {
  expect(defaultLimits).toEqual({
    maxPatternLength: 65_536,
    maxNesting: 200,
    maxRepeat: 1_000,
    maxGroups: 1_000,
    maxProgram: 100_000,
    maxCacheBytes: 1_048_576,
  })
})
