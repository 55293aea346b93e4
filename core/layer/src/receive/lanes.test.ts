import { expect, it } from 'vitest'
import { createLanes } from './lanes.ts'

it('runs the work of one writer in order, and of others beside it', async () => {
  const lanes = createLanes()
  const order: string[] = []
  let open: () => void = () => undefined
  const gate = new Promise<void>((resolve) => void (open = resolve))
  const first = lanes.run('a', async () => {
    await gate
    order.push('a1')
  })
  const second = lanes.run('a', async () => void order.push('a2'))
  await lanes.run('b', async () => void order.push('b1'))
  open()
  await Promise.all([first, second])
  expect(order).toEqual(['b1', 'a1', 'a2'])
})

it('goes on after work that failed, and tells its caller', async () => {
  const lanes = createLanes()
  await expect(lanes.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  await expect(lanes.run('a', () => Promise.resolve(7))).resolves.toBe(7)
})
