import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SseParser } from './sse-parser.ts'

const stream =
  ': hello\n\nevent: snapshot\nid: 1\ndata: {"a":1}\n\nevent:delta\r\ndata:one\r\ndata: two\r\n\r\ndata: plain\n\nevent: nothing\n\nretry: 5\n\n'
const expected = [
  { event: 'snapshot', data: '{"a":1}' },
  { event: 'delta', data: 'one\ntwo' },
  { event: 'message', data: 'plain' },
]

describe('SseParser', () => {
  it('gives the same events however the stream is cut', () => {
    for (let at = 0; at <= stream.length; at += 1) {
      const parser = new SseParser()
      expect([...parser.push(stream.slice(0, at)), ...parser.push(stream.slice(at))]).toEqual(expected)
    }
    const single = new SseParser()
    expect(Array.from(stream).flatMap((character) => [...single.push(character)])).toEqual(expected)
  })

  it('takes any text without throwing', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (pieces) => {
        const parser = new SseParser()
        for (const piece of pieces) parser.push(piece)
      }),
    )
  })
})
