import { describe, expect, it } from 'vitest'

import { GrokFilter } from './grok-filter.ts'
import { GrokLibrary } from './grok-library.ts'

function filterOf(...patterns: readonly string[]): GrokFilter {
  const library = new GrokLibrary()
  return new GrokFilter(patterns.map((pattern) => library.compile(pattern)))
}

describe('a filter over grok patterns', () => {
  const filter = filterOf(
    'Failed %{WORD:how} for %{USER:user}',
    'Invalid user %{USER:user}',
    '^%{INT:n} items$',
  )

  it('tells which patterns can match', () => {
    expect(filter.look('Failed password for ana')).toBe(true)
    expect([0, 1, 2].map((number) => filter.canMatch(number))).toEqual([true, false, false])
    expect(filter.look('17 items')).toBe(true)
    expect([0, 1, 2].map((number) => filter.canMatch(number))).toEqual([false, false, true])
  })

  it('tells at once when none can', () => {
    filter.look('Failed password for ana')
    expect(filter.look('session opened for user ana')).toBe(false)
    expect([0, 1, 2].map((number) => filter.canMatch(number))).toEqual([false, false, false])
  })

  it('has no such answer when a pattern needs no literal', () => {
    const open = filterOf('Failed %{WORD:how} for %{USER:user}', '%{INT:n}')
    expect(open.look('no number')).toBe(true)
    expect(open.canMatch(0)).toBe(false)
  })
})
