import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Decision } from '@sevenfold/event'
import { describe, expect, it } from 'vitest'
import { StoredInputs } from '../inputs/stored-inputs.ts'
import { RequestContext } from '../request-context.ts'
import { Blocks, maxDecisions, throttledRequests, throttleWindowMs } from './blocks.ts'
import { RateLimits, maxCounted, parseRateLimits } from './rate-limits.ts'

function served(
  address: string,
  options: { cookie?: string; method?: string; url?: string } = {},
): RequestContext {
  const { cookie, method = 'GET', url = '/' } = options
  const headers = cookie === undefined ? {} : { cookie }
  const request = { url, method, headers, socket: { remoteAddress: address } } as unknown as IncomingMessage
  return new RequestContext(request, {} as ServerResponse, new StoredInputs())
}

function decision(
  id: number,
  scope: Decision['scope'],
  value: string,
  change: Partial<Decision> = {},
): Decision {
  return {
    id,
    scope,
    value,
    type: 'ban',
    duration: '1h',
    until: '1970-01-01T01:00:00.000Z',
    origin: 'sevenfold',
    scenario: 'x',
    ...change,
  }
}

describe('Blocks', () => {
  it('keeps addresses, users and sessions out until their end or until they are lifted', () => {
    let now = 0
    const blocks = new Blocks(() => now, false)
    blocks.add([decision(1, 'ip', '10.0.0.1'), decision(2, 'session', 's1'), decision(3, 'username', 'eve')])
    const other = served('10.0.0.2', { cookie: 'a=1; sid=s1' })
    const eve = served('10.0.0.3')
    eve.user = 'eve'
    for (const context of [served('10.0.0.1'), other, eve])
      expect(blocks.refusalOf(context)).toEqual({ status: 403 })
    expect(blocks.refusalOf(served('10.0.0.2', { cookie: 'sid=s2' }))).toBeUndefined()
    blocks.remove([2])
    expect(blocks.refusalOf(other)).toBeUndefined()
    now = 3_600_000
    expect(blocks.refusalOf(served('10.0.0.1'))).toBeUndefined()
  })

  it('slows a throttled session down and keeps nobody out for it', () => {
    let now = 0
    const blocks = new Blocks(() => now, false)
    blocks.add([decision(1, 'session', 's1', { type: 'throttle' })])
    const ask = (): unknown => blocks.refusalOf(served('10.0.0.2', { cookie: 'sid=s1' }))
    for (let i = 0; i < throttledRequests; i += 1) expect(ask()).toBeUndefined()
    now = throttleWindowMs - 1_500
    expect(ask()).toEqual({ status: 429, retryAfter: 2 })
    expect(blocks.refusalOf(served('10.0.0.2', { cookie: 'sid=s2' }))).toBeUndefined()
    now = throttleWindowMs
    expect(ask()).toBeUndefined()
  })

  it('counts a throttled request once, however often it is asked who it works for', () => {
    const blocks = new Blocks(() => 0, false)
    blocks.add([decision(1, 'username', 'eve', { type: 'throttle' })])
    const context = served('10.0.0.2')
    context.user = 'eve'
    for (let i = 0; i < 3 * throttledRequests; i += 1) expect(blocks.refusalOf(context)).toBeUndefined()
  })

  it('keeps a ban beside a throttle for the same address, and each ends by itself', () => {
    const blocks = new Blocks(() => 0, false)
    blocks.add([decision(1, 'ip', '10.0.0.1'), decision(2, 'ip', '10.0.0.1', { type: 'throttle' })])
    expect(blocks.refusalOf(served('10.0.0.1'))).toEqual({ status: 403 })
    blocks.remove([1])
    expect(blocks.refusalOf(served('10.0.0.1'))).toBeUndefined()
    blocks.add([decision(3, 'ip', '10.0.0.1', { type: 'captcha' })])
    expect(blocks.refusalOf(served('10.0.0.1'))).toEqual({ status: 403 })
  })

  it('leaves allowances, rehearsals and other scopes alone', () => {
    const blocks = new Blocks(() => 0, false)
    blocks.add([
      decision(1, 'ip', '10.0.0.1', { type: 'allow' }),
      decision(2, 'ip', '10.0.0.1', { simulated: true }),
      decision(3, 'country', 'XX'),
      decision(4, 'ip', '10.0.0.1', { until: 'never' }),
    ])
    expect([blocks.size, blocks.refusalOf(served('10.0.0.1'))]).toEqual([0, undefined])
  })

  it('forgets the oldest beyond its limit', () => {
    const blocks = new Blocks(() => 0, false)
    blocks.add(Array.from({ length: maxDecisions + 1 }, (_, i) => decision(i, 'username', `u${i}`)))
    expect(blocks.size).toBe(maxDecisions)
  })
})

describe('parseRateLimits', () => {
  it('reads routes, counts, times and whom they count', () => {
    expect(parseRateLimits('POST /login 5/60s session; /search* 100/1m ;')).toEqual([
      { route: 'POST /login', limit: 5, windowMs: 60_000, per: 'session' },
      { route: '/search*', limit: 100, windowMs: 60_000, per: 'address' },
    ])
  })

  it.each(['login 5/60s', '/a 0/1s', '/a 5/0s', '/a 5', '/a 5/1d', '/a 5/1s per user'])(
    'refuses %j',
    (text) => {
      expect(() => parseRateLimits(text)).toThrow('a rate limit reads')
    },
  )

  it('takes a hundred and no more', () => {
    expect(parseRateLimits('/a 1/1s;'.repeat(100))).toHaveLength(100)
    expect(() => parseRateLimits('/a 1/1s;'.repeat(101))).toThrow('at most 100')
  })
})

describe('RateLimits', () => {
  it('counts each client and route for itself, and starts anew after the window', () => {
    let now = 0
    const limits = new RateLimits(parseRateLimits('POST /login 2/10s'), () => now, false)
    const ask = (address: string, url = '/login', method = 'POST'): number | undefined =>
      limits.refusalOf(served(address, { url, method }))?.retryAfter
    expect([ask('a'), ask('a'), ask('a?')]).toEqual([undefined, undefined, undefined])
    now = 4_000
    expect([
      ask('a'),
      ask('b'),
      ask('a', '/other'),
      ask('a', '/login', 'GET'),
      ask('a', '/login?x=1'),
    ]).toEqual([6, undefined, undefined, undefined, 6])
    now = 10_000
    expect(ask('a')).toBeUndefined()
  })

  it('counts by session where asked to, and by address without one', () => {
    const limits = new RateLimits(parseRateLimits('/* 1/10s session'), () => 0, false)
    const ask = (cookie?: string): boolean =>
      limits.refusalOf(served('a', cookie === undefined ? {} : { cookie })) !== undefined
    expect([ask('s=1'), ask('s=2'), ask(), ask('s=1'), ask()]).toEqual([false, false, false, true, true])
  })

  it('forgets the oldest client beyond its limit', () => {
    const limits = new RateLimits(parseRateLimits('/* 1/10s'), () => 0, false)
    for (let i = 0; i <= maxCounted; i += 1) limits.refusalOf(served(`a${i}`))
    expect(limits.refusalOf(served('a0'))).toBeUndefined()
    expect(limits.refusalOf(served(`a${maxCounted}`))).toBeDefined()
  })
})
