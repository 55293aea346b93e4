import { expect, it } from 'vitest'
import { createFakeClock } from '@sevenfold/testkit'
import { burstSeconds, LineQuota } from './line-quota.ts'

it('a source may bring its burst at once, and waits for one line more', async () => {
  const clock = createFakeClock()
  const quota = new LineQuota(10, clock)
  await quota.take(10 * burstSeconds)
  let isTaken = false
  const taking = quota.take(1).then(() => {
    isTaken = true
  })
  await Promise.resolve()
  expect(isTaken).toBe(false)
  clock.advance(100)
  await taking
  expect(isTaken).toBe(true)
})
