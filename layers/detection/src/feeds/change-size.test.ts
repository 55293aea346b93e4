import { describe, expect, it } from 'vitest'
import { changeSize, needsApproval, smallChange } from './change-size.ts'
import { collectEntries } from './feed-entry.ts'
import type { FeedEntry } from './feed-entry.ts'

const list = (values: readonly string[]): ReadonlyMap<string, FeedEntry> =>
  collectEntries(
    values.map((value) => (/^[A-Z]{2}$/.test(value) ? { value, scope: 'country' } : { value })),
    10_000,
  ).entries
const numbers = (count: number, start = 0): string[] =>
  Array.from({ length: count }, (_, index) => `192.0.${(index + start) >> 8}.${(index + start) & 255}`)

describe('the size of a change', () => {
  it('is the larger share of entries and addresses', () => {
    expect(changeSize(list(numbers(10)), list(numbers(12)))).toEqual({
      added: 2,
      removed: 0,
      widening: 0.2,
      shrinking: 0,
    })
    expect(changeSize(list(numbers(10)), list(numbers(7)))).toMatchObject({ removed: 3, shrinking: 0.3 })
    expect(changeSize(list(numbers(256)), list([...numbers(256), '198.51.0.0/24'])).widening).toBe(1)
    expect(changeSize(list(['2001:db8::/64', '2001:db8:1::1']), list(['2001:db8::/64'])).shrinking).toBe(0.5)
  })

  it('waits for approval above the limit, and not below it', () => {
    const before = list(numbers(100))
    expect(needsApproval(before, list(numbers(120)), 0.2)).toBeUndefined()
    expect(needsApproval(before, list(numbers(121)), 0.2)).toMatchObject({ added: 21 })
    expect(needsApproval(before, list(numbers(80)), 0.2)).toBeUndefined()
    expect(needsApproval(before, list(numbers(79)), 0.2)).toMatchObject({ removed: 21 })
    expect(needsApproval(before, list(numbers(300)), 1)).toMatchObject({ added: 200 })
    expect(needsApproval(before, list([]), 0.2)).toMatchObject({ removed: 100 })
  })

  it('lets the first content pass, and small steps of short lists', () => {
    expect(needsApproval(list([]), list(numbers(5_000)), 0.2)).toBeUndefined()
    expect(needsApproval(list(numbers(4)), list(numbers(smallChange + 3)), 0.2)).toBeUndefined()
    expect(needsApproval(list(numbers(4)), list(numbers(smallChange + 4)), 0.2)).toBeDefined()
  })

  it('never takes a wide range for a small step', () => {
    expect(needsApproval(list(numbers(4)), list([...numbers(4), '198.51.0.0/24']), 0.2)).toBeUndefined()
    expect(needsApproval(list(numbers(4)), list([...numbers(4), '198.51.0.0/23']), 0.2)).toBeDefined()
    expect(needsApproval(list(numbers(4)), list([...numbers(4), 'FR']), 0.2)).toBeDefined()
    expect(
      needsApproval(list(numbers(4)), list([...numbers(4), '0.0.0.0/0']), 0.2)?.widening,
    ).toBeGreaterThan(1e8)
  })
})
