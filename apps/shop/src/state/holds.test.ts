import { expect, it } from 'vitest'
import { heldAtMost, heldByOne, holdMs, Holds } from './holds.ts'

it('holds as much as there is, for a while, and no more for one than it may', () => {
  const holds = new Holds()
  for (let i = 0; i < heldByOne; i += 1) expect(holds.take('a', 0, heldByOne)).toBe(true)
  expect(holds.take('a', 0, heldByOne)).toBe(false)
  for (let i = heldByOne; i < heldAtMost; i += 1) expect(holds.take('b', 0, Infinity)).toBe(true)
  expect(holds.take('c', holdMs - 1, Infinity)).toBe(false)
  expect(holds.take('c', holdMs, Infinity)).toBe(true)
  holds.clear()
  expect(holds.take('a', holdMs, heldByOne)).toBe(true)
})
