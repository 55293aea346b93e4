import { expect, it } from 'vitest'
import { layerNames } from '@sevenfold/event'
import { layerOrder } from '../order.ts'
import { systemClock } from './clock.ts'

it('tells both times and runs a timer once', async () => {
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000)
  const before = systemClock.monotonicMs()
  let ran = 0
  const cancelled = systemClock.after(1, () => void (ran += 10))
  cancelled.cancel()
  await new Promise<void>((resolve) => {
    systemClock.after(5, () => {
      ran += 1
      resolve()
    })
  })
  expect(systemClock.monotonicMs()).toBeGreaterThan(before)
  expect(ran).toBe(1)
})

it('has the layers in the order in which an intruder meets them', () => {
  expect(layerOrder).toEqual(layerNames)
  expect(layerOrder).toHaveLength(7)
})
