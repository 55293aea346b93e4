import { describe, expect, it } from 'vitest'
import { createFakeClock, createMemoryLog, settle } from '@sevenfold/testkit'
import { startDeadMan } from './dead-man.ts'

describe('startDeadMan', () => {
  it('calls at once and then at each interval, and not while there is trouble', async () => {
    const clock = createFakeClock()
    let [calls, trouble] = [0, undefined as string | undefined]
    const end = startDeadMan({
      clock,
      intervalMs: 60_000,
      log: createMemoryLog(),
      trouble: () => trouble,
      ping: () => {
        calls += 1
        return calls === 2 ? Promise.reject(new Error('unreachable')) : Promise.resolve()
      },
    })
    const round = async (): Promise<number> => {
      await settle()
      clock.advance(60_000)
      await settle()
      return calls
    }
    await settle()
    expect(calls).toBe(1)
    expect(await round()).toBe(2)
    expect(await round()).toBe(3)
    trouble = 'the ledger is dark'
    expect(await round()).toBe(3)
    trouble = undefined
    expect(await round()).toBe(4)
    end()
    expect(await round()).toBe(4)
  })
})
