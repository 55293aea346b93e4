import { createFakeClock } from '@sevenfold/testkit'
import { expect, it } from 'vitest'
import { createIncidentLimiter, maxReportsPerMinute } from './incident-limiter.ts'

it('tells so many incidents of one kind and writer a minute, and others besides', () => {
  const clock = createFakeClock()
  const admit = createIncidentLimiter(clock)
  const told = (agent: string): boolean => admit({ kind: 'unknown-key', agent, message: 'x' })
  const flood = Array.from({ length: 100 }, () => told(''))
  expect(flood.filter(Boolean)).toHaveLength(maxReportsPerMinute)
  expect(told('edge/w0')).toBe(true)
  expect(admit({ kind: 'conflict', agent: '', message: 'x' })).toBe(true)
  clock.advance(60_000)
  expect(told('')).toBe(true)
})
