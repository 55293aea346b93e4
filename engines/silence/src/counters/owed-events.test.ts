import { describe, expect, it } from 'vitest'
import { OwedWatch, owedLimits } from './owed-events.ts'

const patience = 60_000

/** Beats every 10 s; each names `counted` so far, and `arrived` events came since the last. */
function run(beats: readonly { counted: number; arrived: number; boot?: number }[]): OwedWatch {
  const watch = new OwedWatch(patience)
  for (const [n, { counted, arrived, boot = 1 }] of beats.entries()) {
    watch.arrived('edge/w0', arrived)
    watch.counted('edge/w0', { boot, value: counted, timeMs: n * 10_000 })
  }
  return watch
}

const beats = (count: number, per: number, share: number): { counted: number; arrived: number }[] =>
  Array.from({ length: count }, (_, n) => ({ counted: n * per, arrived: n === 0 ? 0 : per * share }))

describe('OwedWatch', () => {
  it('is content when every refusal left its event', () => {
    expect(run(beats(60, 30, 1)).owed('edge/w0')).toBeNull()
  })
  it('finds refusals whose events are kept back, within two minutes', () => {
    expect(run(beats(9, 30, 0)).owed('edge/w0')).toMatchObject({ seen: 0 })
    expect(run(beats(6, 30, 0)).owed('edge/w0')).toBeNull()
  })
  it('bears a few missing ones and finds it when most are', () => {
    expect(run(beats(60, 30, 0.6)).owed('edge/w0')).toBeNull()
    expect(run(beats(60, 30, 0.3)).owed('edge/w0')).not.toBeNull()
  })
  it(`needs ${owedLimits.fewest} missing events`, () => {
    const quiet = Array.from({ length: 9 }, () => ({ counted: 0, arrived: 0 }))
    const last = (counted: number) => [
      { counted: 0, arrived: 0 },
      { counted, arrived: 0 },
      ...quiet.map(() => ({ counted, arrived: 0 })),
    ]
    expect(run(last(owedLimits.fewest)).owed('edge/w0')).not.toBeNull()
    expect(run(last(owedLimits.fewest - 1)).owed('edge/w0')).toBeNull()
  })
  it('goes on over a restart of the writer', () => {
    const before = beats(5, 30, 1)
    const after = beats(10, 30, 1).map((beat) => ({ ...beat, boot: 2 }))
    expect(run([...before, ...after]).owed('edge/w0')).toBeNull()
  })
  it('knows nothing of strangers', () => {
    const watch = run(beats(9, 30, 0))
    watch.forget('edge/w0')
    expect(watch.owed('edge/w0')).toBeNull()
  })
})
