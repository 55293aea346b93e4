import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { eventStream, maxStreamLineLength } from './event-stream.ts'

async function read(chunks: readonly (string | Uint8Array)[]): Promise<string[]> {
  const answer = Object.assign(Readable.from(chunks, { objectMode: false }), { setTimeout: () => undefined })
  const got: string[] = []
  for await (const data of eventStream(answer)) got.push(data)
  return got
}

const stream =
  ': hello\nevent: event\ndata: {"a":"é"}\n\ndata:two\r\ndata: lines\r\n\r\nid: 7\n\n\ndata: cut off'

describe('eventStream', () => {
  it('gives the data of whole events, however the bytes are cut', async () => {
    const bytes = Buffer.from(stream)
    const whole = await read([bytes])
    expect(whole).toEqual(['{"a":"é"}', 'two\nlines'])
    expect(await read([...bytes].map((byte) => Buffer.of(byte)))).toEqual(whole)
    for (let cut = 1; cut < bytes.length; cut += 1) {
      expect(await read([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(whole)
    }
  })

  it('ends on a line over the limit', async () => {
    await expect(read(['data: ', 'x'.repeat(maxStreamLineLength)])).rejects.toThrow('too long')
    expect(await read([`data: ${'x'.repeat(maxStreamLineLength - 6)}`, '\n\n'])).toHaveLength(1)
  })
})
