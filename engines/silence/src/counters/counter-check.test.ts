import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CounterCheck, GrowingCounter, excessLimits } from './counter-check.ts'

const beat = 10_000

/** Edge and application over time: each step one beat, with requests through the edge and past it. */
function run(steps: readonly { through: number; past: number }[], lagMs = 5_000): CounterCheck {
  const check = new CounterCheck()
  let [edge, app] = [0, 0]
  check.passed('edge/w0', { timeMs: 0, boot: 1, value: 0 })
  check.counted('detection/main', { timeMs: 0, boot: 1, value: 0 })
  for (const [index, { through, past }] of steps.entries()) {
    const timeMs = (index + 1) * beat
    app += through + past
    edge += through
    check.counted('detection/main', { timeMs, boot: 1, value: app })
    check.passed('edge/w0', { timeMs: timeMs + lagMs, boot: 1, value: edge })
  }
  return check
}

describe('CounterCheck', () => {
  it('is content when everything came through', () => {
    expect(run(Array.from({ length: 40 }, () => ({ through: 50, past: 0 }))).excess()).toBeNull()
  })
  it('finds requests that came another way, from the fewest on', () => {
    const quiet = { through: 0, past: 0 }
    const fewest = { through: 0, past: excessLimits.fewest }
    expect(run([quiet, quiet, fewest, quiet]).excess()).toMatchObject({ behind: 3, through: 0 })
    expect(run([quiet, quiet, { through: 0, past: excessLimits.fewest - 1 }, quiet]).excess()).toBeNull()
  })
  it('finds them in traffic', () => {
    expect(run(Array.from({ length: 30 }, () => ({ through: 20, past: 5 }))).excess()).not.toBeNull()
  })
  it('knows nothing without a wall or without an application', () => {
    const check = new CounterCheck()
    expect(check.excess()).toBeNull()
    check.counted('a', { timeMs: 1, boot: 1, value: 100 })
    expect(check.excess()).toBeNull()
    check.passed('edge', { timeMs: 2, boot: 1, value: 0 })
    expect(check.excess()).toBeNull()
  })
  it('never accuses traffic that went through, whatever its pace and whenever readings come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 120 }),
        fc.integer({ min: 0, max: 9_999 }),
        (traffic, lagMs) => {
          expect(
            run(
              traffic.map((through) => ({ through, past: 0 })),
              lagMs,
            ).excess(),
          ).toBeNull()
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('GrowingCounter', () => {
  it('starts from its first reading and goes on over a restart', () => {
    const counter = new GrowingCounter()
    expect(counter.read(1, 500)).toBe(0)
    expect(counter.read(1, 510)).toBe(10)
    expect(counter.read(2, 4)).toBe(14)
    expect(counter.read(2, 4)).toBe(14)
  })
})
