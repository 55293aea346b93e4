import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CounterCheck, excessLimits, goneAfterMs, shortfallLimits } from './counter-check.ts'

const beat = 10_000

interface Step {
  readonly through: number
  readonly past: number
  /** Requests that went through and left nothing behind the wall. */
  readonly lost?: number
}

interface Options {
  /** How long after the application the edge speaks. */
  readonly lagMs?: number
  /** How many beats later what happened is counted behind the wall. */
  readonly late?: number
  readonly boots?: (step: number) => number
}

const quiet: Step = { through: 0, past: 0 }
const many = (count: number, step: Step): Step[] => Array.from({ length: count }, () => step)

/** Edge and application over time: each step one beat, with requests through the edge and past it. */
function run(
  steps: readonly Step[],
  { lagMs = 5_000, late = 0, boots = () => 1 }: Options = {},
): CounterCheck {
  const check = new CounterCheck()
  const behind = [0]
  let [edge, boot] = [0, boots(0)]
  check.passed('edge/w0', { timeMs: 0, boot, value: 0 })
  check.counted('detection/main', { timeMs: 0, boot: 1, value: 0 })
  for (const [index, { through, past, lost = 0 }] of steps.entries()) {
    const timeMs = (index + 1) * beat
    if (boots(index) !== boot) edge = 0
    boot = boots(index)
    edge += through
    behind.push((behind.at(-1) ?? 0) + through - lost + past)
    check.counted('detection/main', {
      timeMs,
      boot: 1,
      value: behind[Math.max(0, behind.length - 1 - late)] ?? 0,
    })
    check.passed('edge/w0', { timeMs: timeMs + lagMs, boot, value: edge })
  }
  return check
}

describe('CounterCheck', () => {
  it('is content when everything came through', () => {
    expect(run(many(40, { through: 50, past: 0 })).excess()).toBeNull()
  })
  it('finds requests that came another way, from the fewest on', () => {
    const past = (count: number): CounterCheck => run([...many(6, quiet), { through: 0, past: count }, quiet])
    expect(past(excessLimits.fewest).excess()).toMatchObject({ behind: 3, through: 0 })
    expect(past(excessLimits.fewest - 1).excess()).toBeNull()
  })
  it('finds them in traffic, within two minutes', () => {
    const traffic = many(30, { through: 20, past: 0 })
    expect(run([...traffic, ...many(11, { through: 20, past: 20 })]).excess()).not.toBeNull()
  })
  it('finds few of them among many, once a quiet moment shows the balance', () => {
    const busy = many(30, { through: 50, past: 0 })
    const steps = [...many(6, quiet), ...busy, { through: 50, past: 20 }, ...many(2, quiet)]
    expect(run(steps).excess()).toMatchObject({ behind: 1570, through: 1550 })
    expect(run([...many(6, quiet), ...busy, ...many(3, { through: 50, past: 0 })]).excess()).toBeNull()
  })
  it('bears what comes another way as a rule, and finds more', () => {
    const probes = many(110, { through: 20, past: 2 })
    expect(run(probes).excess({ usualPerMinute: 12 })).toBeNull()
    expect(run(probes).excess({ usualPerMinute: 1 })).not.toBeNull()
  })
  it('says nothing without a history where one is wanted, or where it was never explained', () => {
    const bypass = many(12, { through: 5, past: 30 })
    expect(run(bypass).excess({ afterHistory: true })).toBeNull()
    expect(
      run([...many(60, { through: 5, past: 0 }), ...bypass]).excess({ afterHistory: true }),
    ).not.toBeNull()
    expect(run([...many(60, { through: 5, past: 5 }), ...bypass]).excess({ afterHistory: true })).toBeNull()
  })
  it('knows nothing without a wall or without an application', () => {
    const check = new CounterCheck()
    expect(check.excess()).toBeNull()
    check.counted('a', { timeMs: 1, boot: 1, value: 100 })
    expect(check.excess()).toBeNull()
    check.passed('edge', { timeMs: 2, boot: 1, value: 0 })
    expect(check.excess()).toBeNull()
  })
  it('does not take what a process of the wall counted before its first word for a bypass', () => {
    const check = new CounterCheck()
    for (let at = 0; at <= 20; at += 1) {
      check.counted('detection/main', { timeMs: at * beat, boot: 1, value: at * 100 })
      if (at > 0) check.passed('edge/w0', { timeMs: at * beat + 5, boot: 1, value: at * 100 })
    }
    expect(check.excess()).toBeNull()
  })
  it('says nothing while a process of the wall died with its last counts, and goes on afterwards', () => {
    const boots = (step: number): number => (step < 20 ? 1 : 2)
    const died = [...many(20, { through: 50, past: 0 }), { through: 0, past: 50 }]
    expect(run([...died, ...many(5, { through: 50, past: 0 })], { boots }).excess()).toBeNull()
    expect(run([...died, ...many(30, { through: 0, past: 50 })], { boots }).excess()).not.toBeNull()
  })
  it('goes on without a process of the wall that is gone for good', () => {
    const check = run([...many(20, quiet)])
    for (let at = 0; at <= 200_000; at += beat) check.passed('edge/w1', { timeMs: at, boot: 1, value: 0 })
    for (let at = 210_000; at <= 600_000 + goneAfterMs; at += beat) {
      check.counted('detection/main', { timeMs: at, boot: 1, value: at < 600_000 ? 0 : 10 })
      check.passed('edge/w0', { timeMs: at + 1, boot: 1, value: 0 })
    }
    expect(check.excess()).toMatchObject({ behind: 10, through: 0 })
  })
  it('forgets who ended as planned', () => {
    const check = run([...many(6, quiet), { through: 0, past: 50 }, quiet])
    check.forget('edge/w0')
    expect(check.excess()).toBeNull()
  })
  it('never accuses traffic that went through, whatever its pace, whenever readings come and however late lines are counted', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 120 }),
        fc.integer({ min: 0, max: 9_999 }),
        fc.integer({ min: 0, max: 1 }),
        fc.integer({ min: 1, max: 120 }),
        (traffic, lagMs, late, restartAt) => {
          const steps = traffic.map((through) => ({ through, past: 0 }))
          const boots = (step: number): number => (step < restartAt ? 1 : 2)
          expect(run(steps, { lagMs, late, boots }).excess({ afterHistory: false })).toBeNull()
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('a log behind the wall that shows nothing', () => {
  const busy = many(30, { through: 20, past: 0 })
  const mute = (count: number, through = 20): Step[] => many(count, { through, past: 0, lost: through })

  it('is found within two minutes', () => {
    expect(run([...busy, ...mute(12)]).shortfall()).toMatchObject({ windowMs: shortfallLimits.windowMs })
    expect(run([...busy, ...mute(5)]).shortfall()).toBeNull()
  })
  it('is no finding where little goes through', () => {
    expect(run([...busy, ...mute(20, 1)]).shortfall()).toBeNull()
    expect(run([...busy, ...many(20, quiet)]).shortfall()).toBeNull()
  })
  it('is no finding where it never showed most of it', () => {
    expect(run([...many(30, { through: 20, past: 0, lost: 15 }), ...mute(12)]).shortfall()).toBeNull()
    expect(run(mute(60)).shortfall()).toBeNull()
  })
  it('is no finding while one line comes now and then', () => {
    expect(run([...busy, ...mute(6), { through: 20, past: 0, lost: 19 }, ...mute(5)]).shortfall()).toBeNull()
  })
})
