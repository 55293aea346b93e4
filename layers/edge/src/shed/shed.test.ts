import { describe, expect, it } from 'vitest'
import { RateKeys } from '../rate/rate-key.ts'
import { LoadGauge, breathlessLooks, idleFrom, lookMs } from './load-gauge.ts'
import { Reputation, goodPeriods } from './reputation.ts'
import { WaitingRoom, maxWaiting, waitMs } from './waiting-room.ts'

describe('the gauge of the load', () => {
  const limits = { delayMs: 50, inFlight: 100 }
  it('turns nobody away while the worker keeps up, nor for one pause', () => {
    const gauge = new LoadGauge(limits, () => 0)
    for (let now = 0; now < 5000; now += lookMs) gauge.look(now)
    gauge.look(5000 + 200)
    expect(gauge.turnsAway()).toBe(false)
  })
  it('turns more and more away while it is late, and fewer again afterwards', () => {
    const gauge = new LoadGauge(limits, () => 0.5)
    let now = 0
    for (let i = 0; i < 32; i += 1) gauge.enter()
    for (let i = 0; i < 30; i += 1) gauge.look((now += lookMs + 100))
    expect(gauge.share).toBe(1)
    expect(gauge.turnsAway()).toBe(true)
    for (let i = 0; i < 130; i += 1) gauge.look((now += lookMs))
    expect(gauge.share).toBe(0)
    expect(gauge.turnsAway()).toBe(false)
  })
  it('turns nobody away when it is late with next to nothing to do: that is the fault of others', () => {
    const gauge = new LoadGauge(limits, () => 0)
    for (let i = 0, now = 0; i < 100; i += 1) {
      gauge.enter()
      gauge.look((now += lookMs + 200))
      gauge.leave()
    }
    expect(gauge.turnsAway()).toBe(false)
  })
  it('counts requests a second where each is short', () => {
    const gauge = new LoadGauge(limits, () => 0)
    for (let i = 0, now = 0; i < 100; i += 1) {
      for (let n = 0; n < 50; n += 1) {
        gauge.enter()
        gauge.leave()
      }
      gauge.look((now += lookMs + 100))
    }
    expect(gauge.turnsAway()).toBe(true)
  })
  it('turns nobody away when it is late although it finds time to sleep, however much comes', () => {
    const look = (idle: number): number => {
      const gauge = new LoadGauge(limits, () => 0)
      for (let i = 0; i < 50; i += 1) gauge.enter()
      for (let i = 0, now = 0; i < 100; i += 1) gauge.look((now += lookMs + 200), { idle, heldBack: 0 })
      return gauge.share
    }
    expect(look(idleFrom + 0.01)).toBe(0)
    expect(look(idleFrom - 0.01)).toBe(1)
  })
  it('does not count requests that wait for their client', () => {
    const gauge = new LoadGauge(limits, () => 0)
    for (let i = 0; i < 2000; i += 1) {
      gauge.enter()
      gauge.rests('nothing', i % 2 === 0 ? 'body' : 'answer')
    }
    for (let i = 0; i < 50; i += 1) gauge.rests('body', 'nothing')
    for (let i = 0; i < 50; i += 1) gauge.rests('answer', 'nothing')
    for (let i = 0, now = 0; i < 30; i += 1) gauge.look((now += lookMs), { idle: 0.5, heldBack: 0 })
    expect([gauge.inFlight, gauge.turnsAway()]).toEqual([100, false])
    gauge.rests('body', 'nothing')
    for (let i = 0, now = 0; i < 30; i += 1) gauge.look((now += lookMs), { idle: 0.5, heldBack: 0 })
    expect([gauge.inFlight, gauge.turnsAway()]).toEqual([101, true])
  })
  it('counts bodies that are awaited once it has not slept for a second: they may lie unread', () => {
    const gauge = new LoadGauge(limits, () => 0)
    for (let i = 0; i < 101; i += 1) {
      gauge.enter()
      gauge.rests('nothing', 'body')
    }
    let now = 0
    const looks = (idle: number, count: number): boolean => {
      for (let i = 0; i < count; i += 1) gauge.look((now += lookMs), { idle, heldBack: 0 })
      return gauge.turnsAway()
    }
    // The average of its idle time needs some looks to fall.
    expect(looks(0, breathlessLooks)).toBe(false)
    expect(looks(0, 10)).toBe(true)
    gauge.rests('body', 'answer')
    expect(looks(0, 100)).toBe(false)
    gauge.rests('answer', 'body')
    expect(looks(0, 1)).toBe(true)
    expect(looks(1, 100)).toBe(false)
  })
  it('does not count requests that only wait for others of their own client', () => {
    const gauge = new LoadGauge(limits, () => 0)
    gauge.inFlight = 500
    for (let now = 0; now < 30 * lookMs; now += lookMs) gauge.look(now, { idle: 0, heldBack: 400 })
    expect(gauge.turnsAway()).toBe(false)
    gauge.look(30 * lookMs, { idle: 0, heldBack: 399 })
    expect(gauge.turnsAway()).toBe(true)
  })
  it('counts requests at work, too', () => {
    const gauge = new LoadGauge(limits, () => 0)
    gauge.inFlight = 101
    gauge.look(0)
    expect(gauge.turnsAway()).toBe(true)
    gauge.inFlight = 100
    for (let now = lookMs; now < 30 * lookMs; now += lookMs) gauge.look(now)
    expect(gauge.turnsAway()).toBe(false)
  })
})

describe('reputation', () => {
  const keys = new RateKeys(Buffer.alloc(32, 1))
  const key = (address: string) => {
    keys.client(address)
    return { ...keys.address(1) }
  }
  it('is earned by minutes, not by requests', () => {
    const reputation = new Reputation(1000)
    for (let i = 0; i < 10_000; i += 1) reputation.good(key('192.0.2.1'), 10_000)
    expect(reputation.isKnown(key('192.0.2.1'))).toBe(false)
    for (let period = 0; period < goodPeriods; period += 1)
      reputation.good(key('192.0.2.2'), 10_000 + period * 1000)
    expect(reputation.isKnown(key('192.0.2.2'))).toBe(true)
    expect(reputation.isKnown(key('192.0.2.3'))).toBe(false)
  })
  it('takes a bounded memory and is forgotten in time', () => {
    const reputation = new Reputation(1)
    expect(reputation.bytes).toBeLessThan(3 * 1024 ** 2)
    for (let period = 1; period <= goodPeriods; period += 1) reputation.good(key('192.0.2.2'), period)
    for (let period = 10; period < 2000; period += 1) reputation.good(key('198.51.100.1'), period)
    expect(reputation.isKnown(key('192.0.2.2'))).toBe(false)
  })
})

describe('the waiting room', () => {
  it('lets everybody go after their time, in their order', () => {
    let now = 0
    const left: number[] = []
    const room = new WaitingRoom(() => now)
    room.enter(() => void left.push(1))
    now = 500
    room.enter(() => void left.push(2))
    now = waitMs
    room.sweep()
    expect(left).toEqual([1])
    now = waitMs + 500
    room.sweep()
    expect(left).toEqual([1, 2])
    expect(room.size).toBe(0)
  })
  it('has a bounded number of places, and can be emptied', () => {
    const room = new WaitingRoom(() => 0)
    let left = 0
    for (let i = 0; i < maxWaiting; i += 1) expect(room.enter(() => void (left += 1))).toBe(true)
    expect(room.enter(() => void (left += 1))).toBe(false)
    room.empty()
    expect(left).toBe(maxWaiting)
  })
})
