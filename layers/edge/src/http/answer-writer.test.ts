import type { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { AnswerWriter } from './answer-writer.ts'

const windowMs = 10_000

/** A socket whose kernel takes `room` bytes and no more. */
class NarrowSocket extends Duplex {
  room: number
  private taken = 0
  private left = 0
  private done: (() => void) | null = null

  constructor(room: number) {
    super({ decodeStrings: true })
    this.room = room
  }

  /** What libuv knows of it. */
  get _handle(): { readonly writeQueueSize: number } {
    return { writeQueueSize: this.left }
  }

  get bytesWritten(): number {
    return this.taken + this.left
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.left = chunk.length
    this.done = done
    this.widen(0)
  }

  /** The client reads: room for some more bytes. */
  widen(bytes: number): void {
    this.room += bytes
    const now = Math.min(this.room, this.left)
    this.room -= now
    this.left -= now
    this.taken += now
    const { done } = this
    if (this.left > 0 || done === null) return
    this.done = null
    done()
  }
}

function writerOn(room: number): { writer: AnswerWriter; socket: NarrowSocket; drains: () => number } {
  const socket = new NarrowSocket(room)
  let drains = 0
  const any: unknown = socket
  const writer = new AnswerWriter(any as Socket, () => (drains += 1)) // it uses nothing else of a network socket
  return { writer, socket, drains: () => drains }
}

/** First millisecond, by steps of a second, at which the client counts as slow. */
function slowAt(writer: AnswerWriter, from: number): number {
  for (let now = from; now < from + 100_000; now += 1000) if (writer.isSlow(now, windowMs)) return now
  return Number.POSITIVE_INFINITY
}

describe('a client that does not read its answer', () => {
  it('is slow after a whole window', () => {
    const { writer } = writerOn(4)
    expect(writer.send('0123456789', null, '', 1000)).toBe(false)
    expect(slowAt(writer, 1000)).toBe(11_000)
  })

  it('has a whole window also when it took nothing of its first answer', () => {
    const { writer } = writerOn(0)
    writer.send('0123456789', null, '', 1000)
    expect(slowAt(writer, 1000)).toBe(11_000)
  })

  it('gets no new window by asking again while its connection is full', () => {
    const { writer } = writerOn(10)
    expect(writer.send('0123456789', null, '', 1000)).toBe(true)
    expect(writer.send('next', null, '', 5000)).toBe(false)
    expect(slowAt(writer, 5000)).toBe(11_000)
  })

  it('has a new window when it took some of the next answer', () => {
    const { writer } = writerOn(12)
    writer.send('0123456789', null, '', 1000)
    expect(writer.send('next', null, '', 5000)).toBe(false)
    expect(slowAt(writer, 5000)).toBe(15_000)
  })

  it('is not slow while it takes what it must', () => {
    const { writer, socket } = writerOn(0)
    writer.send('x'.repeat(8000), null, '', 0)
    socket.widen(2560)
    expect(writer.isSlow(9000, windowMs)).toBe(false)
    expect(writer.isSlow(18_000, windowMs)).toBe(false)
    expect(slowAt(writer, 18_000)).toBe(19_000)
  })

  it('is no longer waited for when it took all', async () => {
    const { writer, socket, drains } = writerOn(0)
    writer.send('0123456789', null, '', 0)
    expect(writer.waiting).toBe(true)
    socket.widen(10)
    await new Promise((resolve) => setImmediate(resolve))
    expect([writer.waiting, drains(), writer.isSlow(99_000, windowMs)]).toEqual([false, 1, false])
  })
})
