import { describe, expect, it } from 'vitest'
import type { BanUpdate } from '../worker/worker-message.ts'
import { BanHolder } from './ban-holder.ts'

const until = 2_000_000_000
const nowMs = 1_800_000_000_000

function update(values: readonly string[], change: Partial<BanUpdate> = {}): BanUpdate {
  const set = values.map((value) => ({
    value,
    kind: 'ban' as const,
    until,
    decision: 1,
    scenario: 's',
    origin: 'o',
  }))
  return { type: 'bans', version: 1, reset: false, set, unset: [], last: true, ...change }
}

describe('BanHolder', () => {
  it('goes on with the old decisions until a new whole is complete', () => {
    const holder = new BanHolder(1)
    holder.apply(update(['10.0.0.1', '10.0.0.2']))
    expect(holder.apply(update(['10.0.0.3'], { version: 2, reset: true, last: false }))).toBe(false)
    expect(holder.lookup('10.0.0.1', nowMs)).not.toBeNull()
    expect(holder.lookup('10.0.0.3', nowMs)).toBeNull()
    expect(holder.apply(update(['10.0.0.4'], { version: 2 }))).toBe(true)
    expect(holder.lookup('10.0.0.1', nowMs)).toBeNull()
    expect(holder.lookup('10.0.0.3', nowMs)).not.toBeNull()
    expect(holder.lookup('10.0.0.4', nowMs)).not.toBeNull()
    expect(holder.version).toBe(2)
  })

  it('has another stamp after every change of a verdict', () => {
    const holder = new BanHolder(1)
    const stamps = new Set([holder.stamp])
    const steps = [
      update(['10.0.0.1']),
      update([], { unset: ['10.0.0.1'] }),
      update([], { reset: true }),
      update(['10.0.0.1'], { reset: true }),
      update(['10.0.0.2'], { reset: true }),
    ]
    for (const step of steps) {
      holder.apply(step)
      expect(stamps.has(holder.stamp)).toBe(false)
      stamps.add(holder.stamp)
    }
  })
})
