import { describe, expect, it } from 'vitest'

import { CacheBudget } from './cache-budget.ts'
import { StateTable } from './state-table.ts'

function list(...pcs: number[]): Int32Array {
  return Int32Array.from(pcs)
}

describe('StateTable', () => {
  it('gives equal lists with equal tags the same state', () => {
    const table = new StateTable(5, 10_000, undefined)
    const state = table.intern(list(1, 2, 3), 3, 7)
    expect(table.intern(list(1, 2, 3, 99), 3, 7)).toBe(state)
    expect(table.count).toBe(1)
  })

  it('tells lists, lengths and tags apart', () => {
    const table = new StateTable(5, 10_000, undefined)
    const states = [
      table.intern(list(1, 2), 2, 0),
      table.intern(list(1, 3), 2, 0),
      table.intern(list(1), 1, 0),
      table.intern(list(), 0, 0),
      table.intern(list(1, 2), 2, 1),
    ]
    expect(new Set(states).size).toBe(5)
  })

  it('names states above the special transitions, one row apart', () => {
    const table = new StateTable(1, 10_000, undefined)
    expect(table.stride).toBe(3)
    expect(table.intern(list(1), 1, 0)).toBe(3)
    expect(table.intern(list(2), 1, 0)).toBe(6)
  })

  it('keeps lists, tags and transitions while it grows', () => {
    const table = new StateTable(4, 1_000_000, undefined)
    const states = Array.from({ length: 500 }, (_, n) => table.intern(list(n, n + 1, n * 2 + 2), 3, n % 100))
    for (const [n, state] of states.entries()) table.rows[state + 1] = n
    for (let n = 500; n < 1_500; n++) table.intern(list(n), 1, 0)
    for (const [n, state] of states.entries()) {
      expect([...table.listOf(state)]).toEqual([n, n + 1, n * 2 + 2])
      expect(table.tags[state / table.stride]).toBe(n % 100)
      expect(table.rows[state + 1]).toBe(n)
      expect(table.intern(list(n, n + 1, n * 2 + 2), 3, n % 100)).toBe(state)
    }
  })

  it('finds members of sorted lists', () => {
    const table = new StateTable(4, 10_000, undefined)
    const state = table.intern(list(2, 5, 9), 3, 0)
    expect([1, 2, 3, 5, 8, 9, 10].map((pc) => table.has(state, pc))).toEqual([
      false,
      true,
      false,
      true,
      false,
      true,
      false,
    ])
    expect(table.has(table.intern(list(), 0, 0), 2)).toBe(false)
  })

  it('refuses a state above its limit, and holds one state whatever its size', () => {
    const table = new StateTable(4, 1, undefined)
    expect(table.intern(list(...Array.from({ length: 5_000 }, (_, n) => n)), 5_000, 0)).toBe(4)
    expect(table.intern(list(...Array.from({ length: 5_000 }, (_, n) => n + 1)), 5_000, 0)).toBe(-1)
    table.reset()
    expect(table.bytes).toBe(0)
    expect(table.intern(list(1), 1, 0)).toBe(4)
  })

  it('starts afresh when the shared memory was used up by another', () => {
    const budget = new CacheBudget(3_000)
    const first = new StateTable(8, 1_000_000, budget)
    const second = new StateTable(8, 1_000_000, budget)
    first.intern(list(1), 1, 0)
    for (let n = 0; n < 40 && second.intern(list(n), 1, 0) >= 0; n++);
    expect(budget.epoch).toBe(1)
    expect(first.refresh()).toBe(true)
    expect(first.count).toBe(0)
    expect(first.refresh()).toBe(false)
  })
})

describe('CacheBudget', () => {
  it('begins a new epoch exactly when the limit would be passed', () => {
    const budget = new CacheBudget(100)
    budget.reserve(60)
    budget.reserve(40)
    expect(budget).toMatchObject({ epoch: 0, usedBytes: 100 })
    budget.reserve(1)
    expect(budget).toMatchObject({ epoch: 1, usedBytes: 1 })
  })
})
