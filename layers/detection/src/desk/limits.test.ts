import { describe, expect, it } from 'vitest'
import { BlastRadius, blastWindowMs, maxBansPerWindow } from './blast-radius.ts'
import { LogBudget, logClosedMs, logWindowMs, maxLogBans } from './log-budget.ts'
import { Reminder, remindEveryMs } from './reminder.ts'

describe('the blast radius', () => {
  it('lets as many bans through as the limit, reports the next once, and holds the rest', () => {
    const radius = new BlastRadius()
    const said = Array.from({ length: maxBansPerWindow + 3 }, () => radius.admit(0))
    expect(said.filter((one) => one === 'go')).toHaveLength(maxBansPerWindow)
    expect(said.slice(maxBansPerWindow)).toEqual(['first-held', 'held', 'held'])
    expect(radius.admit(blastWindowMs)).toBe('go')
  })

  it('does not stay shut when the clock is set back', () => {
    const radius = new BlastRadius(1)
    expect([radius.admit(1e9), radius.admit(1e9), radius.admit(0)]).toEqual(['go', 'first-held', 'go'])
  })
})

describe('what a log may do alone', () => {
  it('is up to the limit in a window; beyond, what it did is taken back and it is shut', () => {
    const budget = new LogBudget()
    for (let i = 0; i < maxLogBans; i += 1) {
      expect(budget.ask('a', 0)).toEqual({ kind: 'go' })
      budget.note('a', i, 0)
    }
    const verdict = budget.ask('a', logWindowMs - 1)
    expect(verdict).toEqual({ kind: 'close', takeBack: Array.from({ length: maxLogBans }, (_, i) => i) })
    expect(budget.ask('a', logWindowMs)).toEqual({ kind: 'closed' })
    expect(budget.ask('b', 0)).toEqual({ kind: 'go' })
    expect(budget.ask('a', logWindowMs - 1 + logClosedMs)).toEqual({ kind: 'go' })
  })

  it('begins anew with each window', () => {
    const budget = new LogBudget()
    for (let i = 0; i < maxLogBans; i += 1) budget.note('a', i, 0)
    expect(budget.ask('a', logWindowMs)).toEqual({ kind: 'go' })
  })
})

describe('a reminder', () => {
  it('is due once in ten minutes for each thing', () => {
    let now = 0
    const reminder = new Reminder(() => now)
    expect([reminder.isDue('a'), reminder.isDue('a'), reminder.isDue('b')]).toEqual([true, false, true])
    now = remindEveryMs
    expect(reminder.isDue('a')).toBe(true)
    now = 0
    expect(reminder.isDue('a')).toBe(true)
  })

  it('forgets the oldest of very many things', () => {
    const reminder = new Reminder(() => 0)
    for (let i = 0; i <= 10_000; i += 1) reminder.isDue(`x${i}`)
    expect([reminder.isDue('x0'), reminder.isDue('x10000')]).toEqual([true, false])
  })
})
