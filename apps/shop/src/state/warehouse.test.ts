import { describe, expect, it } from 'vitest'
import { maxWaitingBytes, openWarehouse } from './warehouse.ts'

const request = (line: string, body = '', length = body.length): Buffer =>
  Buffer.from(`${line} HTTP/1.1\r\nHost: warehouse\r\nContent-Length: ${length}\r\n\r\n${body}`)

describe('the warehouse', () => {
  it('answers requests in order', () => {
    const warehouse = openWarehouse(() => 'secret')
    expect(warehouse.exchange(request('POST /notify', 'product=1'))).toBe('noted')
    expect(warehouse.exchange(request('GET /label-key'))).toBe('label key secret')
    expect(warehouse.exchange(request('GET /other'))).toBe('not known here')
  })

  it('takes what stands behind a body for the next request, whose answer the next one to ask gets', () => {
    const warehouse = openWarehouse(() => 'secret')
    const body = 'product=1GET /label-key HTTP/1.1\r\n\r\n'
    expect(warehouse.exchange(request('POST /notify', body, 'product=1'.length))).toBe('noted')
    expect(warehouse.exchange(request('POST /notify', 'product=2'))).toBe('label key secret')
    warehouse.reconnect()
    expect(warehouse.exchange(request('POST /notify', 'product=2'))).toBe('noted')
  })

  it('waits for the rest of a request up to a limit, and for nothing that has no sense', () => {
    const warehouse = openWarehouse(() => 'secret')
    expect(warehouse.exchange(request('POST /notify', 'abc', 5))).toBeUndefined()
    expect(warehouse.exchange(Buffer.from('de'))).toBe('noted')
    expect(warehouse.exchange(request('POST /notify', '', Number.NaN))).toBe('noted')
    expect(warehouse.exchange(Buffer.alloc(maxWaitingBytes + 1, 'x'))).toBeUndefined()
    expect(warehouse.exchange(request('POST /notify'))).toBe('noted')
  })
})
