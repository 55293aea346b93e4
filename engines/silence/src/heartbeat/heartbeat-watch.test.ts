import { describe, expect, it } from 'vitest'
import { HeartbeatWatch, defaultHeartbeatLimits as limits } from './heartbeat-watch.ts'

function watchOf(lastBeatMs: number): HeartbeatWatch {
  const watch = new HeartbeatWatch()
  watch.beat('edge/w0', lastBeatMs)
  return watch
}

describe('HeartbeatWatch', () => {
  it('goes from alive over suspect to dark exactly at its limits', () => {
    const watch = watchOf(0)
    expect(watch.state('edge/w0', limits.suspectAfterMs - 1).kind).toBe('alive')
    expect(watch.state('edge/w0', limits.suspectAfterMs)).toEqual({ kind: 'suspect', sinceMs: 0 })
    expect(watch.state('edge/w0', limits.darkAfterMs - 1).kind).toBe('suspect')
    expect(watch.state('edge/w0', limits.darkAfterMs).kind).toBe('dark')
  })

  it('finds a stop within 45 s at the latest', () => {
    expect(limits.darkAfterMs).toBeLessThan(45_000)
  })

  it('is alive again with the next beat, and an old beat changes nothing', () => {
    const watch = watchOf(50_000)
    watch.beat('edge/w0', 1_000)
    expect(watch.state('edge/w0', 60_000).kind).toBe('alive')
  })

  it('calls the path broken, not the agent, while others reach it', () => {
    const watch = watchOf(0)
    watch.probed('edge/w0', 40_000)
    expect(watch.state('edge/w0', 70_000).kind).toBe('unreachable')
    expect(watch.state('edge/w0', 70_001).kind).toBe('dark')
  })

  it('misses nobody that it never heard or that left as planned', () => {
    const watch = watchOf(0)
    watch.probed('ghost', 0)
    expect(watch.state('ghost', 1e9).kind).toBe('alive')
    watch.forget('edge/w0')
    expect(watch.missing(1e9)).toEqual([])
  })

  it('lists who is missing', () => {
    const watch = watchOf(0)
    watch.beat('ledger/main', 100_000)
    expect(watch.missing(100_000).map(({ agent, state }) => `${agent} ${state.kind}`)).toEqual([
      'edge/w0 dark',
    ])
  })
})
