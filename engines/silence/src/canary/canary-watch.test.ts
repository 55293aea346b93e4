import { describe, expect, it } from 'vitest'
import { CanaryWatch, canaryPatienceMs } from './canary-watch.ts'

describe('CanaryWatch', () => {
  it('is content with a stopped canary until it is too old', () => {
    const watch = new CanaryWatch()
    watch.observe('edge', { ok: true, timeMs: 0 })
    expect(watch.problem('edge', canaryPatienceMs)).toBeNull()
    expect(watch.problem('edge', canaryPatienceMs + 1)).toEqual({ kind: 'old', sinceMs: 0 })
  })
  it('finds one that passed, until a newer one is stopped', () => {
    const watch = new CanaryWatch()
    watch.observe('edge', { ok: true, timeMs: 1 })
    watch.observe('edge', { ok: false, timeMs: 2 })
    watch.observe('edge', { ok: true, timeMs: 1 })
    expect(watch.problem('edge', 3)).toEqual({ kind: 'passed', sinceMs: 2 })
    watch.observe('edge', { ok: true, timeMs: 4 })
    expect(watch.problem('edge', 5)).toBeNull()
  })
  it('asks nothing of parts that have none', () => {
    const watch = new CanaryWatch()
    expect(watch.problem('ledger', 1e9)).toBeNull()
    watch.observe('edge', { ok: false, timeMs: 1 })
    expect(watch.parts()).toEqual(['edge'])
    watch.forget('edge')
    expect(watch.problem('edge', 5)).toBeNull()
  })
})
