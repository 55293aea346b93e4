import { expect, it } from 'vitest'
import { createFakeClock, settle } from '@sevenfold/testkit'
import { repeat } from './repeat.ts'

it('comes again after each time, also after one that failed', async () => {
  const clock = createFakeClock()
  const errors: unknown[] = []
  let times = 0
  const running = repeat({
    clock,
    everyMs: 10,
    run: () => {
      times += 1
      if (times === 1) throw new Error('first')
    },
    onError: (error) => errors.push(error),
  })
  for (let i = 0; i < 3; i += 1) {
    clock.advance(10)
    await settle()
  }
  running.stop()
  clock.advance(100)
  await settle()
  expect([times, errors.length]).toEqual([3, 1])
})

it('does not begin again when it is stopped in the middle', async () => {
  const clock = createFakeClock()
  let times = 0
  let finish = (): void => undefined
  const running = repeat({
    clock,
    everyMs: 10,
    atOnce: true,
    run: async () => {
      times += 1
      await new Promise<void>((resolve) => (finish = resolve))
    },
    onError: () => undefined,
  })
  clock.advance(100)
  running.stop()
  finish()
  await settle()
  clock.advance(100)
  await settle()
  expect(times).toBe(1)
})
