import { describe, expect, it } from 'vitest'
import type { Signal } from './signal.ts'
import { TraceBook, confirmationMs, maxTraces, maxWaiting, traceMemoryMs } from './trace-book.ts'

const signal = (
  origin: Signal['origin'],
  address: string,
  trace: string,
  log_type = 'auth_failed',
): Signal => ({
  origin,
  trace,
  times: 1,
  event: { time: 0, meta: { source_ip: address, log_type } },
})
const addresses = (signals: readonly Signal[]): (string | undefined)[] =>
  signals.map(({ event }) => event.meta['source_ip'])

describe('joining logs with the edge', () => {
  it('takes the word of the edge about the address, whichever comes first', () => {
    const book = new TraceBook()
    book.confirm(signal('edge', '192.0.2.1', 'a'), 0)
    const [after] = book.take(signal('app-log', '203.0.113.9', 'a'), 1)
    expect(after).toMatchObject({ origin: 'edge', event: { meta: { source_ip: '192.0.2.1' } } })
    expect(book.take(signal('app-log', '203.0.113.9', 'b'), 2)).toEqual([])
    expect(addresses(book.confirm(signal('edge', '192.0.2.2', 'b'), 3))).toEqual(['192.0.2.2'])
  })

  it('counts an answered request once: the line of one that the edge saw is passed over', () => {
    const book = new TraceBook()
    book.confirm(signal('edge', '192.0.2.1', 'a'), 0)
    expect(book.take(signal('app-log', '192.0.2.1', 'a', 'http_access-log'), 1)).toEqual([])
    expect(book.take(signal('app-log', '192.0.2.1', 'b', 'http_access-log'), 1)).toEqual([])
    expect(book.confirm(signal('edge', '192.0.2.1', 'b'), 2)).toEqual([])
    expect(book.expire(confirmationMs * 10)).toEqual([])
  })

  it('takes a line without a trace at once', () => {
    expect(new TraceBook().take(signal('app-log', '192.0.2.1', ''), 0)).toHaveLength(1)
  })

  it('takes a line whose trace nobody confirms by its own address, after a while', () => {
    const book = new TraceBook()
    book.take(signal('app-log', '192.0.2.1', 'made-up'), 0)
    expect(book.expire(confirmationMs - 1)).toEqual([])
    expect(addresses(book.expire(confirmationMs))).toEqual(['192.0.2.1'])
    expect(book.expire(confirmationMs * 2)).toEqual([])
  })

  it('forgets traces after their time', () => {
    const book = new TraceBook()
    book.confirm(signal('edge', '192.0.2.1', 'a'), 0)
    book.expire(traceMemoryMs + 1)
    expect(book.take(signal('app-log', '203.0.113.9', 'a'), traceMemoryMs + 2)).toEqual([])
  })

  it('remembers the newest traces of a flood, and judges lines at once that find no room to wait', () => {
    const book = new TraceBook()
    for (let i = 0; i <= maxTraces; i += 1) book.confirm(signal('edge', '192.0.2.1', `t${i}`), 0)
    expect(book.take(signal('app-log', '203.0.113.9', `t${maxTraces}`), 1)).toHaveLength(1)
    expect(book.take(signal('app-log', '203.0.113.9', 't0'), 1)).toHaveLength(0)
    for (let i = 1; i < maxWaiting; i += 1) book.take(signal('app-log', '203.0.113.9', `w${i}`), 1)
    expect(book.overflowed).toBe(0)
    expect(book.take(signal('app-log', '203.0.113.9', 'one more'), 1)).toHaveLength(1)
    expect(book.overflowed).toBe(1)
  })
})
