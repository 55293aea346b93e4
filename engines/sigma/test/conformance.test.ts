import { describe, expect, it } from 'vitest'
import { compileSigma } from '../src/index.ts'
import type { SigmaRuleSet } from '../src/index.ts'
import { hasSigmaData, readEvents, readRules } from './shared-data.ts'
import type { ExpectedEvent } from './shared-data.ts'

function wrong(rules: SigmaRuleSet, events: readonly ExpectedEvent[]): string[] {
  return events.flatMap(({ id, event, logsource, matches }) => {
    const found = rules.match(event, logsource).map((rule) => rule.id)
    return found.toSorted().join() === matches.toSorted().join()
      ? []
      : [`${id}: found ${found.join()}, expected ${matches.join()}`]
  })
}

describe.skipIf(!hasSigmaData)('the public Sigma data (needs ../shared/sigma)', () => {
  const rules = hasSigmaData ? compileSigma(readRules()) : compileSigma([])

  it('loads every rule', () => {
    expect(rules.problems.map((problem) => `${problem.source}: ${problem.error.message}`)).toEqual([])
    expect(rules.rules.length).toBeGreaterThan(1000)
  })

  it.each(['regression', 'synthetic'] as const)('is matched exactly: %s', (suite) => {
    expect(wrong(rules, readEvents(suite))).toEqual([])
  })

  it('is matched exactly without the prefilter too, so the prefilter loses nothing', () => {
    const slow = compileSigma(readRules(), { prefilter: false })
    expect(wrong(slow, [...readEvents('regression'), ...readEvents('synthetic')])).toEqual([])
  })
})
