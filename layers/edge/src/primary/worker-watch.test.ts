import { afterEach, describe, expect, it } from 'vitest'
import { WorkerWatch, lookMs } from './worker-watch.ts'

const silent: string[] = []
let now = 0
let watch: WorkerWatch<string>

function start(longestMs = 3000): void {
  now = 0
  silent.length = 0
  watch = new WorkerWatch<string>({
    monotonicMs: () => now,
    onSilent: (worker, ms) => void silent.push(`${worker} ${ms}`),
  })
  watch.longestMs = longestMs
}

/** Time passes; those who live give their signs. */
function pass(ms: number, living: readonly string[] = []): void {
  for (const end = now + ms; now < end;) {
    now += lookMs
    for (const worker of living) watch.heard(worker)
    watch.look()
  }
}

afterEach(() => watch.stop())

describe('the watch over workers', () => {
  it('names a worker that is silent for too long, once, and no other', () => {
    start()
    watch.heard('w0')
    watch.heard('w1')
    pass(3000, ['w1'])
    expect(silent).toEqual([])
    pass(500, ['w1'])
    expect(silent).toEqual(['w0 3500'])
    pass(10_000, ['w1'])
    expect(silent).toEqual(['w0 3500'])
  })

  it('does not expect signs of those that it never heard or that left', () => {
    start()
    watch.heard('w0')
    watch.forget('w0')
    pass(10_000)
    expect(silent).toEqual([])
  })

  it('watches one again that comes back', () => {
    start()
    watch.heard('w0')
    pass(3500)
    watch.heard('w0')
    pass(3500)
    expect(silent).toEqual(['w0 3500', 'w0 3500'])
  })

  it('blames nobody after a pause of its own, and begins to count anew', () => {
    start()
    watch.heard('w0')
    now += 60_000
    watch.look()
    expect(silent).toEqual([])
    pass(3000)
    expect(silent).toEqual([])
    pass(500)
    expect(silent).toEqual(['w0 3500'])
  })

  it('ends nobody while no limit is known', () => {
    start(Number.NaN)
    watch.heard('w0')
    pass(60_000)
    expect(silent).toEqual([])
  })
})
