import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { randomOf } from '../../test/support/mutate.ts'
import {
  SpopError,
  makeSpopFrame,
  makeSpopPairs,
  readSpopFrames,
  readSpopMessages,
  readSpopPairs,
  spopFrame,
  spopFrameLimit,
} from './spop.ts'
import type { SpopFrame } from './spop.ts'

function framesOf(bytes: Buffer): { frames: SpopFrame[]; rest: number } {
  const frames: SpopFrame[] = []
  const rest = readSpopFrames(bytes, (frame) => frames.push(frame))
  return { frames, rest: rest.length }
}

const text = (value: string): number[] => [value.length, ...Buffer.from(value)]
/** One message as HAProxy sends it: a name, a count, names with typed values. */
const message = Buffer.from([
  ...text('judge'), 5,
  ...text('src'), 6, 192, 0, 2, 7,
  ...text('six'), 7, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7,
  ...text('method'), 8, ...text('GET'),
  ...text('yes'), 0x11,
  ...text('none'), 0,
]) // prettier-ignore

describe('SPOP', () => {
  for (const value of [0, 239, 240, 241, 2287, 2288, 264_431, 264_432, 33_818_864]) {
    it(`carries the number ${value}`, () => {
      const { frames } = framesOf(
        makeSpopFrame(spopFrame.ack, { stream: value, id: value }, makeSpopPairs({ n: value })),
      )
      expect(frames[0]).toMatchObject({ type: 103, flags: 1, stream: value, id: value })
      expect(readSpopPairs(frames[0]?.payload ?? Buffer.alloc(0)).get('n')).toBe(value)
    })
  }

  it('reads the messages of HAProxy', () => {
    const [judge] = readSpopMessages(message)
    expect(judge?.name).toBe('judge')
    expect(Object.fromEntries(judge?.args ?? [])).toEqual({
      src: '192.0.2.7',
      six: '2001:db8:0:0:0:0:0:7',
      method: 'GET',
      yes: true,
      none: null,
    })
  })

  it('takes frames in any pieces', () => {
    const one = makeSpopFrame(spopFrame.notify, { stream: 1, id: 2 }, message)
    const both = Buffer.concat([one, one])
    for (let cut = 0; cut <= both.length; cut += 1) {
      const first = framesOf(both.subarray(0, cut))
      expect(first.frames.length).toBe(Math.floor(cut / one.length))
      expect(first.rest).toBe(cut % one.length)
    }
  })

  it('refuses a frame over the limit and one that is too short to be any', () => {
    const sized = (length: number): Buffer => {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE(length)
      return bytes
    }
    expect(framesOf(sized(spopFrameLimit)).rest).toBe(4)
    expect(() => framesOf(sized(spopFrameLimit + 1))).toThrow(SpopError)
    expect(framesOf(sized(7)).rest).toBe(4)
    expect(() => framesOf(sized(6))).toThrow(SpopError)
  })

  it('throws nothing but its own error, whatever bytes come', () => {
    const random = randomOf(77)
    for (let run = 0; run < 20_000; run += 1) {
      const bytes = Buffer.from(message)
      for (let left = 1 + random(4); left > 0; left -= 1) bytes[random(bytes.length)] = random(256)
      const cut = bytes.subarray(0, random(bytes.length + 1))
      try {
        readSpopMessages(cut)
        readSpopPairs(cut)
      } catch (error) {
        expect(error).toBeInstanceOf(SpopError)
      }
    }
  })
})
