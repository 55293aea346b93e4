import { describe, expect, it } from 'vitest'
import { createSessionStore, firstSessionNumber, maxSessions } from './session-store.ts'

describe('session store', () => {
  it('counts when predictable', () => {
    const store = createSessionStore(true)
    expect([store.create().id, store.create().id]).toEqual([
      String(firstSessionNumber),
      String(firstSessionNumber + 1),
    ])
    store.clear()
    expect(store.create().id).toBe(String(firstSessionNumber))
  })

  it('is random when not', () => {
    const store = createSessionStore(false)
    const { id } = store.create()
    expect(id).toMatch(/^[\da-f-]{36}$/)
    expect(store.find(id)?.id).toBe(id)
    expect(store.find(undefined)).toBeUndefined()
  })

  it(`keeps ${maxSessions} and drops the oldest`, () => {
    const store = createSessionStore(true)
    for (let count = 0; count < maxSessions; count++) store.create()
    expect(store.find(String(firstSessionNumber))).toBeDefined()
    store.create()
    expect(store.find(String(firstSessionNumber))).toBeUndefined()
    expect(store.find(String(firstSessionNumber + 1))).toBeDefined()
  })
})
