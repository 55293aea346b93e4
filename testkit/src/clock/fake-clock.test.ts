import { describe, expect, it } from 'vitest'
import { createFakeClock } from './fake-clock.ts'

describe('the fake clock', () => {
  it('stands still until it is moved', () => {
    const clock = createFakeClock(1000)
    expect([clock.now(), clock.monotonicMs()]).toEqual([1000, 0])
    clock.advance(5)
    expect([clock.now(), clock.monotonicMs()]).toEqual([1005, 5])
  })

  it('runs timers in order of time, then of making', () => {
    const clock = createFakeClock()
    const ran: string[] = []
    clock.after(20, () => ran.push('late'))
    clock.after(10, () => ran.push('first'))
    clock.after(10, () => ran.push('second'))
    clock.advance(15)
    expect(ran).toEqual(['first', 'second'])
    clock.advance(5)
    expect(ran).toEqual(['first', 'second', 'late'])
  })

  it('shows each timer the time at which it is due', () => {
    const clock = createFakeClock(0)
    const seen: number[] = []
    const again = (): void => {
      seen.push(clock.now())
      if (seen.length < 3) clock.after(10, again)
    }
    clock.after(10, again)
    clock.advance(100)
    expect(seen).toEqual([10, 20, 30])
    expect(clock.now()).toBe(100)
  })

  it('does not run a cancelled timer', () => {
    const clock = createFakeClock()
    let ran = false
    const timer = clock.after(1, () => void (ran = true))
    timer.cancel()
    clock.advance(10)
    expect([ran, clock.pending()]).toEqual([false, 0])
  })

  it('lets the wall clock jump without touching timers', () => {
    const clock = createFakeClock(1_000_000)
    let ran = 0
    clock.after(10, () => void (ran += 1))
    clock.setWall(0)
    expect([clock.now(), ran]).toEqual([0, 0])
    clock.advance(10)
    expect([clock.now(), ran]).toEqual([10, 1])
  })

  it('lets promises settle between timers', async () => {
    const clock = createFakeClock()
    const ran: string[] = []
    clock.after(1, () => void Promise.resolve().then(() => ran.push('promise')))
    clock.after(2, () => ran.push('timer'))
    await clock.advanceAsync(2)
    expect(ran).toEqual(['promise', 'timer'])
  })

  it('stops a loop of timers that never ends', () => {
    const clock = createFakeClock()
    const loop = (): void => void clock.after(0, loop)
    loop()
    expect(() => clock.advance(1)).toThrow('timers in one advance')
  })
})
