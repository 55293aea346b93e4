import { describe, expect, it } from 'vitest'
import { Attempts, freeAttempts, maxWaitMs } from './attempts.ts'

describe('Attempts', () => {
  it('lets a peer fail four times, then makes it wait longer each time, up to five minutes', () => {
    const attempts = new Attempts(() => 0)
    for (let i = 0; i < freeAttempts - 1; i += 1) attempts.failed('a')
    expect(attempts.waitMs('a')).toBe(0)
    attempts.failed('a')
    expect(attempts.waitMs('a')).toBe(1000)
    attempts.failed('a')
    expect(attempts.waitMs('a')).toBe(2000)
    for (let i = 0; i < 40; i += 1) attempts.failed('a')
    expect(attempts.waitMs('a')).toBe(maxWaitMs)
    expect(attempts.waitMs('b')).toBe(0)
  })

  it('forgets failures after success and when the wait is over', () => {
    let now = 0
    const attempts = new Attempts(() => now)
    for (let i = 0; i < freeAttempts; i += 1) attempts.failed('a')
    now = 1000
    expect(attempts.waitMs('a')).toBe(0)
    attempts.failed('a')
    attempts.succeeded('a')
    expect(attempts.waitMs('a')).toBe(0)
  })
})
