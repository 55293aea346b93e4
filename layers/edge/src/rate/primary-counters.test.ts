import { describe, expect, it } from 'vitest'
import { PrimaryCounters, exactTimeoutMs, maxQuestions } from './primary-counters.ts'
import { RateHub } from './rate-hub.ts'
import type { GuardQuestion } from './rate-message.ts'

const once = { emissionMs: 1000, windowMs: 1000 }
const key = { hi: 1, lo: 2, owner: 3 }

describe('exact counters', () => {
  it('count what all workers ask in one place', () => {
    const hub = new RateHub(() => 5)
    const answers: number[] = []
    for (let worker = 0; worker < 3; worker += 1) {
      const counters = new PrimaryCounters(
        (question) => counters.take(hub.answer(question)),
        () => 5,
      )
      counters.charge(key, once, (wait) => answers.push(wait))
    }
    expect(answers).toEqual([0, 1000, 1000])
  })

  it('give up on a primary that does not answer, and ignore its answer afterwards', () => {
    let now = 0
    const asked: GuardQuestion[] = []
    const answers: number[] = []
    const counters = new PrimaryCounters(
      (question) => void asked.push(question),
      () => now,
    )
    counters.charge(key, once, (wait) => answers.push(wait))
    now = exactTimeoutMs - 1
    counters.sweep()
    expect(answers).toEqual([])
    now = exactTimeoutMs
    counters.sweep()
    expect(answers).toEqual([-1])
    counters.take({ type: 'guard-told', id: asked[0]?.id ?? 0, waitMs: 0 })
    expect(answers).toEqual([-1])
  })

  it('ask a bounded number of questions at a time', () => {
    const counters = new PrimaryCounters(
      () => undefined,
      () => 0,
    )
    const answers: number[] = []
    for (let i = 0; i <= maxQuestions; i += 1) counters.charge(key, once, (wait) => answers.push(wait))
    expect(answers).toEqual([-1])
  })
})
