import { describe, expect, it } from 'vitest'
import { createEventStreamReader, maxStreamLineLength } from './server-sent-events.ts'

const stream = ': hello\nevent: event\ndata: {"a":1}\n\ndata:two\r\ndata: lines\r\n\r\nid: 7\n\ndata: cut'

function read(chunks: readonly string[]): string[] {
  const got: string[] = []
  const take = createEventStreamReader((data) => got.push(data))
  for (const chunk of chunks) take(chunk)
  return got
}

describe('createEventStreamReader', () => {
  it('reads whole, split anywhere and byte by byte with the same result', () => {
    const whole = read([stream])
    expect(whole).toEqual(['{"a":1}', 'two\nlines'])
    expect(read(stream.split(''))).toEqual(whole)
    for (let i = 0; i <= stream.length; i += 1)
      expect(read([stream.slice(0, i), stream.slice(i)])).toEqual(whole)
  })

  it('ends on a line over the limit', () => {
    expect(() => read(['data: ', 'x'.repeat(maxStreamLineLength)])).toThrow('too long')
  })
})
