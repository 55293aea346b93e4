import { describe, expect, it } from 'vitest'
import { createUuidV7, uuidV7 } from './uuid-v7.ts'

const form = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe('UUIDv7', () => {
  it('has version 7, variant 10 and the time in its first 48 bits', () => {
    const id = createUuidV7({ now: () => 0x017f22e279b0, fillRandom: (bytes) => bytes.fill(0) })()
    expect(id).toMatch(form)
    expect(id.startsWith('017f22e2-79b0-7')).toBe(true)
  })

  it('grows within one millisecond, also past the counter', () => {
    const next = createUuidV7({ now: () => 1000, fillRandom: (bytes) => bytes.fill(0xff) })
    let last = next()
    for (let i = 0; i < 10_000; i += 1) {
      const id = next()
      expect(id > last).toBe(true)
      last = id
    }
  })

  it('does not fall when the clock jumps back', () => {
    let time = 5000
    const next = createUuidV7({ now: () => time, fillRandom: (bytes) => bytes.fill(1) })
    const before = next()
    time = 1000
    expect(next() > before).toBe(true)
  })

  it('does not repeat', () => {
    const ids = new Set(Array.from({ length: 20_000 }, () => uuidV7()))
    expect(ids.size).toBe(20_000)
  })
})
