import { describe, expect, it } from 'vitest'
import { createFakeClock, settle } from '@sevenfold/testkit'
import { hangLimits, watchForHang } from './hang-watch.ts'

async function run(answers: readonly boolean[]): Promise<number> {
  const clock = createFakeClock()
  let hangs = 0
  let round = 0
  const end = watchForHang({
    clock,
    ask: () => (answers[round++] === false ? Promise.reject(new Error('no answer')) : Promise.resolve()),
    onHang: () => {
      hangs += 1
      return Promise.resolve()
    },
  })
  for (const _ of answers) {
    clock.advance(hangLimits.everyMs)
    await settle()
  }
  end()
  return hangs
}

const missing = (count: number): boolean[] => Array.from({ length: count }, () => false)

describe('watchForHang', () => {
  it('bears as many missing answers as it may, and not one more', async () => {
    expect(await run(missing(hangLimits.mayMiss))).toBe(0)
    expect(await run(missing(hangLimits.mayMiss + 1))).toBe(1)
  })
  it('begins anew with every answer', async () => {
    expect(await run([...missing(hangLimits.mayMiss), true, ...missing(hangLimits.mayMiss)])).toBe(0)
  })
})
