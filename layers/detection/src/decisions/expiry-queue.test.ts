import { expect, it } from 'vitest'
import fc from 'fast-check'
import { ExpiryQueue } from './expiry-queue.ts'
import { banKey, parseScope, toCrowdsec, toDecision } from './stored-decision.ts'
import type { StoredDecision } from './stored-decision.ts'

const decision = (id: number, untilMs: number): StoredDecision => ({
  id,
  uuid: `u${id}`,
  type: 'ban',
  scope: 'ip',
  value: '192.0.2.1',
  untilMs,
  origin: 'test',
  scenario: 's',
  simulated: false,
})

it('gives decisions in the order of their ends', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100), { maxLength: 50 }), (ends) => {
      const queue = new ExpiryQueue()
      for (const [id, end] of ends.entries()) queue.push(decision(id, end))
      expect(queue.nextMs()).toBe(ends.length === 0 ? undefined : Math.min(...ends))
      const popped: number[] = []
      for (let next = queue.popEnded(1000); next !== undefined; next = queue.popEnded(1000))
        popped.push(next.untilMs)
      expect(popped).toEqual(ends.toSorted((a, b) => a - b))
    }),
  )
})

it('gives nothing before its time', () => {
  const queue = new ExpiryQueue()
  queue.push(decision(1, 10))
  expect([queue.popEnded(9), queue.popEnded(10)?.id, queue.popEnded(10)]).toEqual([undefined, 1, undefined])
})

it('writes decisions for our parts and for CrowdSec', () => {
  const stored = decision(7, 3_600_000)
  expect(toDecision(stored, 0)).toEqual({
    id: 7,
    uuid: 'u7',
    type: 'ban',
    scope: 'ip',
    value: '192.0.2.1',
    duration: '1h0m0s',
    until: '1970-01-01T01:00:00.000Z',
    origin: 'test',
    scenario: 's',
  })
  expect(toCrowdsec({ ...stored, scope: 'as', simulated: true }, 0)).toMatchObject({
    scope: 'AS',
    simulated: true,
  })
  expect(banKey(stored)).toBe(banKey(decision(8, 1)))
})

it('knows scopes in any spelling', () => {
  expect(['Ip', 'RANGE', 'as', 'Country', 'planet', 'constructor', ''].map(parseScope)).toEqual([
    'ip',
    'range',
    'as',
    'country',
    undefined,
    undefined,
    undefined,
  ])
})
