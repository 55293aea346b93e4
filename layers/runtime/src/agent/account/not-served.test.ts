import { expect, it } from 'vitest'
import { NotServed } from './not-served.ts'

it('tells once of requests that were not served, and of none when all were', () => {
  const notServed = new NotServed()
  expect(notServed.note(undefined)).toBeUndefined()
  expect(notServed.takeNews()).toEqual([])
  for (const status of [403, 429, 429] as const) expect(notServed.note({ status })).toEqual({ status })
  expect(notServed.takeNews()).toEqual(['requests that were not served: 1 by a decision, 2 beyond a rate'])
  expect(notServed.takeNews()).toEqual([])
})
