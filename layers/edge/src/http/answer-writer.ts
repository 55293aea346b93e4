import type { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import { sendMinimumRate } from './limits.ts'
import { pendingBytes } from './pending-bytes.ts'
import type { RequestHead } from './request-head.ts'
import { isBodyless } from './response-head.ts'
import type { ResponseHead } from './response-head.ts'

/** Pieces up to this size are joined with the head into one write; larger ones are written from where they lie. */
const joinSize = 8192

/**
 * Writes answers to one client: all framing is done here, so that no handler can desynchronise a client, and here it
 * is known whether the client takes what it is sent.
 */
export class AnswerWriter {
  /** True while bytes wait for the client. */
  waiting = false
  /** False: the connection ends after this answer. */
  keepAlive = true
  /** True when the answer has no body whatever is written. */
  bodyless = false
  /** The answer turned out longer or shorter than declared: only the end of the connection tells the client. */
  broken = false
  private readonly socket: Socket
  private readonly onDrained: () => void
  private chunking = false
  private left = 0
  private windowStart = 0
  private windowTaken = 0
  /** When the kernel took something last, as far as it was looked at; set by the owner when all was taken. */
  takenAt = 0

  constructor(socket: Socket, onDrained: () => void) {
    this.socket = socket
    this.onDrained = onDrained
  }

  /** Status line, kept fields, framing, connection: the whole head of an answer. Hot. */
  begin(head: ResponseHead, request: RequestHead, mayKeepAlive: boolean): string {
    this.bodyless = isBodyless(request.method, head.status)
    this.keepAlive = mayKeepAlive
    this.chunking = false
    this.left = head.contentLength
    let text = `HTTP/1.1 ${head.status} ${head.reason}\r\n${head.fields}`
    if (head.contentLength >= 0) {
      // RFC 9110 section 8.6: none with 204.
      if (head.status !== 204) text += `Content-Length: ${head.contentLength}\r\n`
    } else if (!this.bodyless) {
      if (request.minorVersion === 1) {
        this.chunking = true
        text += 'Transfer-Encoding: chunked\r\n'
      } else this.keepAlive = false
    }
    return this.keepAlive ? `${text}\r\n` : `${text}Connection: close\r\n\r\n`
  }

  /** Sends a piece of the body behind `prefix`; true when nothing waits. Sets `broken`. */
  sendPiece(prefix: string, piece: Buffer | null, ended: boolean, now: number): boolean {
    if (this.chunking) return this.sendChunk(prefix, piece, ended, now)
    if (this.left >= 0) {
      this.left -= piece === null ? 0 : piece.length
      if (this.left < 0 || (ended && this.left > 0)) {
        this.broken = true
        return true
      }
    }
    return this.send(prefix, piece, '', now)
  }

  /** Writes; true when nothing waits. Hot: one string and one system call for a small answer. */
  send(prefix: string, piece: Buffer | null, suffix: string, now: number): boolean {
    const { socket } = this
    if (piece === null) {
      if (prefix !== '') socket.write(prefix, 'latin1', this.onWritten)
    } else if (piece.length <= joinSize) {
      const body = piece.toString('latin1', 0, piece.length)
      socket.write(prefix + body + suffix, 'latin1', this.onWritten)
    } else {
      socket.cork()
      if (prefix !== '') socket.write(prefix, 'latin1')
      socket.write(piece, this.onWritten)
      if (suffix !== '') socket.write(suffix, 'latin1', this.onWritten)
      socket.uncork()
    }
    if (socket.writableLength === 0) {
      this.takenAt = now
      return true
    }
    if (!this.waiting) this.wait(prefix.length + (piece === null ? 0 : piece.length) + suffix.length, now)
    return false
  }

  /**
   * True when the client took next to nothing in a whole window while bytes waited for it (slow read). The window
   * begins anew whenever the client took what it must take in one: what the kernel took at first buys no second window,
   * and neither does the next request of a client whose connection is full.
   * @param windowMs length of a window.
   */
  isSlow(now: number, windowMs: number): boolean {
    if (!this.waiting) return false
    if (this.taken() - this.windowTaken >= (sendMinimumRate * windowMs) / 1000) {
      this.takenAt = now
      this.openWindow(now)
      return false
    }
    return now >= this.windowStart + windowMs
  }

  /** The window of a client that took nothing at all of what was just written began when it took something last. */
  private wait(bytes: number, now: number): void {
    this.waiting = true
    const tookSome = this.takenAt === 0 || pendingBytes(this.socket) < bytes
    this.openWindow(tookSome ? now : this.takenAt)
  }

  private sendChunk(prefix: string, piece: Buffer | null, ended: boolean, now: number): boolean {
    const tail = ended ? '0\r\n\r\n' : ''
    if (piece === null || piece.length === 0) return this.send(prefix + tail, null, '', now)
    return this.send(`${prefix}${piece.length.toString(16)}\r\n`, piece, `\r\n${tail}`, now)
  }

  private readonly onWritten = (): void => {
    if (!this.waiting || this.socket.writableLength > 0) return
    this.waiting = false
    this.onDrained()
  }

  private openWindow(start: number): void {
    this.windowStart = start
    this.windowTaken = this.taken()
  }

  private taken(): number {
    return this.socket.bytesWritten - pendingBytes(this.socket)
  }
}
