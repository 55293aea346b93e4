import { describe, expect, it } from 'vitest'
import { InFlight, maxInFlight } from './in-flight.ts'

describe('InFlight', () => {
  it('gives what it was given, the newest first, until it is removed', () => {
    const served = new InFlight<{ n: number }>()
    const items = [1, 2, 3].map((n) => ({ n }))
    const slots = items.map((item) => served.add(item))
    expect([...served.all()].map(({ n }) => n)).toEqual([3, 2, 1])
    served.remove({ n: 2 }, slots[1] ?? -1)
    expect(served.size).toBe(3)
    for (const [i, item] of items.entries()) served.remove(item, slots[i] ?? -1)
    expect([served.size, [...served.all()].length]).toEqual([0, 0])
  })

  it('forgets the oldest beyond its limit, and is not confused when that one ends', () => {
    const served = new InFlight<{ n: number }>()
    const first = { n: 0 }
    const slot = served.add(first)
    for (let n = 1; n <= maxInFlight; n += 1) served.add({ n })
    expect(served.size).toBe(maxInFlight)
    served.remove(first, slot)
    expect(served.size).toBe(maxInFlight)
    expect([...served.all()].at(-1)).toEqual({ n: 1 })
  })
})
