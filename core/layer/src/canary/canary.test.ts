import { describe, expect, it } from 'vitest'
import { canaryState } from './canary.ts'

const now = Date.UTC(2026, 0, 1)
const at = (ageMs: number): string => new Date(now - ageMs).toISOString()

describe('a canary', () => {
  it.each([
    [undefined, 'none'],
    [{ ok: true, time: at(0) }, 'ok'],
    [{ ok: false, time: at(0) }, 'failed'],
    [{ ok: true, time: at(150_000) }, 'ok'],
    [{ ok: true, time: at(150_001) }, 'stale'],
    [{ ok: true, time: at(-150_000) }, 'ok'],
    [{ ok: true, time: at(-150_001) }, 'stale'],
  ])('%j is %s', (result, state) => {
    expect(canaryState(result, now)).toBe(state)
  })
})
