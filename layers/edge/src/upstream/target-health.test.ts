import { describe, expect, it } from 'vitest'
import { TargetHealth, longestOpenFactor } from './target-health.ts'

const rules = { failures: 3, openForMs: 1000, healthyAfter: 2, unhealthyAfter: 2 }

function failing(times: number, now: number, health = new TargetHealth(rules)): TargetHealth {
  for (let i = 0; i < times; i += 1) health.failed('EDGE_UPSTREAM_CONNECT', now)
  return health
}

describe('the health of a service', () => {
  it('is good until so many failures came one after the other, and not one earlier', () => {
    expect(failing(2, 0).usable(0)).toBe(true)
    expect(failing(3, 0).usable(0)).toBe(false)
  })

  it('counts from zero after any answer', () => {
    const health = failing(2, 0)
    health.answered()
    expect(failing(2, 0, health).usable(0)).toBe(true)
  })

  it('lets one request try after the time, and only one', () => {
    const health = failing(3, 0)
    expect(health.usable(999)).toBe(false)
    expect(health.usable(1000)).toBe(true)
    health.chosen()
    expect(health.usable(1000)).toBe(false)
    health.released()
    expect(health.usable(1000)).toBe(true)
  })

  it('stays open twice as long after each failed try, up to a limit', () => {
    const health = failing(3, 0)
    let now = 0
    const waits: number[] = []
    for (let round = 0; round < 8; round += 1) {
      waits.push(health.waitMs(now))
      now += health.waitMs(now)
      health.chosen()
      health.failed('EDGE_UPSTREAM_CONNECT', now)
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, longestOpenFactor * 1000, 30_000, 30_000])
  })

  it('does not suffer from what clients can bring about', () => {
    const health = new TargetHealth(rules)
    for (let i = 0; i < 10; i += 1) {
      health.failed('EDGE_CLIENT_STALLED', 0)
      health.failed('EDGE_UPSTREAM_BUSY', 0)
      health.failed('EDGE_UPSTREAM_BODY_TIMEOUT', 0)
    }
    expect(health.quiet).toBe(true)
  })

  it('follows active checks at their own counts, and says what changed', () => {
    const seen: boolean[] = []
    const health = new TargetHealth(rules, (up) => seen.push(up))
    for (const good of [false, true, false, false, true, false, true, true]) health.checked(good)
    expect(seen).toEqual([false, true])
    expect(health.usable(0)).toBe(true)
  })
})
