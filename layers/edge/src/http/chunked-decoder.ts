import type { Buffer } from 'node:buffer'
import { isFieldByte, isTokenByte } from './byte-class.ts'
import { headerKind, headerKindOf } from './header-kind.ts'
import { chunkSizeDigits, trailerSize } from './limits.ts'
import { refusals } from './refusal.ts'
import type { Refusal } from './refusal.ts'

/** Receives the data of chunks. The piece is a view of the pushed buffer. */
export type ChunkSink = (piece: Buffer) => void

const state = {
  size: 0,
  extension: 1,
  sizeLf: 2,
  data: 3,
  dataCr: 4,
  dataLf: 5,
  trailerStart: 6,
  trailerName: 7,
  trailerValue: 8,
  trailerLf: 9,
  endLf: 10,
  done: 11,
} as const

const cr = 0x0d
const lf = 0x0a
const colon = 0x3a
const semicolon = 0x3b

/** Framing and routing behind the body (RFC 9110 section 6.5.1): some servers obey it. */
const forbiddenInTrailer: ReadonlySet<number> = new Set([
  headerKind.host,
  headerKind.contentLength,
  headerKind.transferEncoding,
  headerKind.connection,
  headerKind.upgrade,
  headerKind.expect,
])

function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

/** `ChunkedDecoder.push`: the message goes on. */
export const chunkedIncomplete = -1
/** `ChunkedDecoder.push`: the message is refused, see `ChunkedDecoder.refusal`. */
export const chunkedRefused = -2

/**
 * Decodes a chunked body piece by piece (RFC 9112 section 7.1), strictly: hex digits, CR LF, data, CR LF, and a
 * trailer section of well-formed lines that is dropped. Chunk extensions are refused in requests (several servers end
 * them at a bare LF, which splits messages) and skipped in answers.
 */
export class ChunkedDecoder {
  refusal: Refusal = refusals.EDGE_CHUNK
  /** Bytes of data so far. */
  total = 0
  private readonly limit: number
  private readonly extensions: boolean
  private at: number = state.size
  private digits = 0
  private left = 0
  private trailer = 0
  private name = ''

  /** @param limit most bytes of data. @param extensions true: skip chunk extensions; false: refuse them. */
  constructor(limit: number, extensions: boolean) {
    this.limit = limit
    this.extensions = extensions
  }

  /**
   * Takes `chunk` from `start` and gives data to `sink`.
   * @returns index behind the last byte of the message, `chunkedIncomplete` or `chunkedRefused`.
   */
  push(chunk: Buffer, start: number, sink: ChunkSink): number {
    let i = start
    while (i < chunk.length) {
      if (this.at === state.data) {
        const end = Math.min(chunk.length, i + this.left)
        this.left -= end - i
        sink(chunk.subarray(i, end))
        i = end
        if (this.left === 0) this.at = state.dataCr
        continue
      }
      if (!this.step(chunk[i] ?? 0)) return chunkedRefused
      i += 1
      if (this.at === state.done) return i
    }
    return chunkedIncomplete
  }

  private step(byte: number): boolean {
    switch (this.at) {
      case state.size:
        return this.sizeByte(byte)
      case state.extension:
        this.trailer += 1
        if (byte === cr) this.at = state.sizeLf
        return this.trailer <= trailerSize && (byte === cr || isFieldByte[byte] === 1)
      case state.sizeLf:
        return byte === lf && this.sizeComplete()
      case state.dataCr:
        this.at = state.dataLf
        return byte === cr
      case state.dataLf:
        this.at = state.size
        return byte === lf
      default:
        return this.trailerByte(byte)
    }
  }

  private sizeByte(byte: number): boolean {
    const value = hexValue(byte)
    if (value >= 0) {
      this.digits += 1
      this.left = this.left * 16 + value
      return this.digits <= chunkSizeDigits
    }
    if (this.digits === 0) return false
    if (byte === cr) this.at = state.sizeLf
    else if (byte === semicolon && this.extensions) this.at = state.extension
    else return false
    return true
  }

  private sizeComplete(): boolean {
    this.digits = 0
    this.trailer = 0
    this.total += this.left
    if (this.total > this.limit) {
      this.refusal = refusals.EDGE_BODY_TOO_LARGE
      return false
    }
    this.at = this.left === 0 ? state.trailerStart : state.data
    return true
  }

  private trailerNameByte(byte: number): boolean {
    if (byte !== colon) {
      this.name += String.fromCharCode(byte)
      return isTokenByte[byte] !== 0
    }
    this.at = state.trailerValue
    return !forbiddenInTrailer.has(headerKindOf(this.name, 0, this.name.length))
  }

  private trailerByte(byte: number): boolean {
    this.refusal = refusals.EDGE_TRAILER
    this.trailer += 1
    if (this.trailer > trailerSize) return false
    switch (this.at) {
      case state.trailerStart:
        this.at = byte === cr ? state.endLf : state.trailerName
        this.name = String.fromCharCode(byte)
        return byte === cr || isTokenByte[byte] !== 0
      case state.trailerName:
        return this.trailerNameByte(byte)
      case state.trailerValue:
        if (byte === cr) this.at = state.trailerLf
        return byte === cr || isFieldByte[byte] === 1
      case state.trailerLf:
        this.at = state.trailerStart
        return byte === lf
      default:
        this.at = state.done
        return byte === lf
    }
  }
}
