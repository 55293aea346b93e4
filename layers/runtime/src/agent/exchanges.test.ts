import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { OpenExchanges } from './exchanges.ts'
import { maxInFlight } from './in-flight.ts'
import { StoredInputs } from './inputs/stored-inputs.ts'
import { contextOfObject, RequestContext } from './request-context.ts'

function exchange(): RequestContext {
  const request = new IncomingMessage(new Socket())
  return new RequestContext(request, new ServerResponse(request), new StoredInputs())
}

describe('OpenExchanges', () => {
  it('finds an exchange by either of its messages, until both have closed', () => {
    const open = new OpenExchanges()
    const [one, two] = [exchange(), exchange()]
    open.add(one)
    open.add(two)
    open.close(one, one.response)
    expect(open.find(one.request)).toBe(one)
    expect(open.find(one.response)).toBe(one)
    open.close(one, one.response)
    expect(open.find(one.request)).toBe(one)
    open.close(one, one.request)
    open.close(one, one.request)
    expect(open.find(one.request)).toBeUndefined()
    expect(open.find(two.request)).toBe(two)
    expect(open.find(two.response)).toBe(two)
  })

  it('marks messages only beyond its limit, and finds those as well', () => {
    const open = new OpenExchanges()
    const all = Array.from({ length: maxInFlight }, exchange)
    for (const one of all) open.add(one)
    const [oldest] = all
    expect(oldest === undefined ? null : contextOfObject(oldest.request)).toBeUndefined()
    const newest = exchange()
    open.add(newest)
    for (const one of [...all, newest]) {
      expect(open.find(one.request)).toBe(one)
      expect(open.find(one.response)).toBe(one)
    }
    expect(contextOfObject(newest.response)).toBeUndefined()
  })

  it('is not confused when one that was pushed out closes', () => {
    const open = new OpenExchanges()
    const first = exchange()
    open.add(first)
    const others = Array.from({ length: maxInFlight }, exchange)
    for (const one of others) open.add(one)
    open.close(first, first.request)
    open.close(first, first.response)
    for (const one of others) expect(open.find(one.request)).toBe(one)
  })

  it('knows nothing of strangers', () => {
    const open = new OpenExchanges()
    open.add(exchange())
    for (const stranger of [undefined, null, 1, {}, new Socket()]) expect(open.find(stranger)).toBeUndefined()
  })
})
