import { Buffer } from 'node:buffer'

/** Types of frames (SPOE specification of HAProxy, section 3.2). */
export const spopFrame = {
  haproxyHello: 1,
  haproxyDisconnect: 2,
  notify: 3,
  agentHello: 101,
  agentDisconnect: 102,
  ack: 103,
} as const

/** A value as SPOP carries it. Addresses are text, numbers are plain. */
export type SpopValue = null | boolean | number | string | Buffer

/** One frame. */
export interface SpopFrame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly id: number
  readonly payload: Buffer
}

/** One message of a NOTIFY frame. */
export interface SpopMessage {
  readonly name: string
  readonly args: ReadonlyMap<string, SpopValue>
}

/** Thrown for bytes that are no SPOP. */
export class SpopError extends Error {}

/** Largest frame that is taken, bytes, without its length. */
export const spopFrameLimit = 65_536

const dataType = { nothing: 0, flag: 1, string: 8, binary: 9, ipv4: 6, ipv6: 7 } as const
const finished = 0x1

/** Reads values one after the other. @throws SpopError at the end of the bytes. */
class SpopReader {
  private readonly bytes: Buffer
  private at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  get left(): number {
    return this.bytes.length - this.at
  }

  byte(): number {
    const value = this.bytes[this.at]
    if (value === undefined) throw new SpopError('the frame ends early')
    this.at += 1
    return value
  }

  take(length: number): Buffer {
    if (length > this.left) throw new SpopError('the frame ends early')
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }

  /** Section 3.1: four bits, then seven at a time. */
  varint(): number {
    let value = this.byte()
    if (value < 240) return value
    for (let factor = 16; ; factor *= 128) {
      const next = this.byte()
      value += next * factor
      if (value > Number.MAX_SAFE_INTEGER) throw new SpopError('a number is too large')
      if (next < 128) return value
    }
  }

  text(): string {
    return this.take(this.varint()).toString('latin1')
  }

  value(): SpopValue {
    const head = this.byte()
    const type = head & 15
    if (type === dataType.nothing) return null
    if (type === dataType.flag) return (head & 16) !== 0
    if (type >= 2 && type <= 5) return this.varint()
    if (type === dataType.ipv4) return [...this.take(4)].join('.')
    if (type === dataType.ipv6) return ipv6Text(this.take(16))
    if (type === dataType.string) return this.text()
    if (type === dataType.binary) return this.take(this.varint())
    throw new SpopError(`unknown type ${type}`)
  }

  pairs(count = Number.POSITIVE_INFINITY): Map<string, SpopValue> {
    const list = new Map<string, SpopValue>()
    for (let i = 0; i < count && this.left > 0; i += 1) list.set(this.text(), this.value())
    return list
  }
}

function ipv6Text(bytes: Buffer): string {
  return Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16)).join(':')
}

function varint(value: number): Buffer {
  if (value < 240) return Buffer.from([value])
  const bytes = [(value & 15) | 240]
  let rest = Math.floor((value - 240) / 16)
  while (rest >= 128) {
    bytes.push((rest & 127) | 128)
    rest = Math.floor((rest - 128) / 128)
  }
  return Buffer.from([...bytes, rest])
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1')
  return Buffer.concat([varint(bytes.length), bytes])
}

function encodeValue(value: string | number): Buffer {
  return typeof value === 'number'
    ? Buffer.concat([Buffer.from([3]), varint(value)])
    : Buffer.concat([Buffer.from([dataType.string]), text(value)])
}

/** Takes the frames at the start of `bytes`; gives back the rest. @throws SpopError */
export function readSpopFrames(bytes: Buffer, take: (frame: SpopFrame) => void): Buffer {
  let rest = bytes
  while (rest.length >= 4) {
    const length = rest.readUInt32BE(0)
    if (length > spopFrameLimit || length < 7) throw new SpopError(`a frame of ${length} bytes`)
    if (rest.length < 4 + length) return rest
    const reader = new SpopReader(rest.subarray(4, 4 + length))
    const type = reader.byte()
    const flags = reader.take(4).readUInt32BE(0)
    const stream = reader.varint()
    const id = reader.varint()
    take({ type, flags, stream, id, payload: reader.take(reader.left) })
    rest = rest.subarray(4 + length)
  }
  return rest
}

/** The list of a HELLO or DISCONNECT frame. @throws SpopError */
export function readSpopPairs(payload: Buffer): ReadonlyMap<string, SpopValue> {
  return new SpopReader(payload).pairs()
}

/** The messages of a NOTIFY frame. @throws SpopError */
export function readSpopMessages(payload: Buffer): readonly SpopMessage[] {
  const reader = new SpopReader(payload)
  const list: SpopMessage[] = []
  while (reader.left > 0) {
    const name = reader.text()
    list.push({ name, args: reader.pairs(reader.byte()) })
  }
  return list
}

/** A whole frame with its length. */
export function makeSpopFrame(type: number, to: { stream: number; id: number }, payload: Buffer): Buffer {
  const flags = Buffer.from([0, 0, 0, finished])
  const body = Buffer.concat([Buffer.from([type]), flags, varint(to.stream), varint(to.id), payload])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length)
  return Buffer.concat([length, body])
}

/** A list of names and values, for HELLO and DISCONNECT. */
export function makeSpopPairs(pairs: Readonly<Record<string, string | number>>): Buffer {
  return Buffer.concat(Object.entries(pairs).flatMap(([name, value]) => [text(name), encodeValue(value)]))
}

const setVariable = 1
const transactionScope = 2

/** The actions of an ACK frame: variables of the transaction (section 3.4). */
export function makeSpopActions(variables: Readonly<Record<string, string | number>>): Buffer {
  return Buffer.concat(
    Object.entries(variables).flatMap(([name, value]) => [
      Buffer.from([setVariable, 3, transactionScope]),
      text(name),
      encodeValue(value),
    ]),
  )
}
