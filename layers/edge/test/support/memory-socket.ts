import { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

/** A socket without a network: what is pushed arrives at once and exactly as cut; what is written is kept. */
export class MemorySocket extends Duplex {
  readonly sent: Buffer[] = []
  bytesWritten = 0
  private readonly waiting: Buffer[] = []

  constructor() {
    super({ decodeStrings: true, allowHalfOpen: true })
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.sent.push(chunk)
    this.bytesWritten += chunk.length
    done()
  }

  /** Delivers a piece as one read. */
  deliver(piece: Buffer): void {
    this.waiting.push(piece)
    while (!this.isPaused() && !this.destroyed) {
      const next = this.waiting.shift()
      if (next === undefined) return
      this.emit('data', next)
    }
  }

  override resume(): this {
    super.resume()
    if (this.waiting.length > 0) queueMicrotask(() => this.deliver(Buffer.alloc(0)))
    return this
  }

  get text(): string {
    return Buffer.concat(this.sent).toString('latin1')
  }
}

/** The same object as a connection sees it: it uses only what a Duplex and `bytesWritten` give. */
export function asSocket(socket: MemorySocket): Socket {
  const any: unknown = socket
  return any as Socket // a network socket's further members are not used by a connection
}
