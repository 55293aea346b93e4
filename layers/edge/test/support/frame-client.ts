import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import tls from 'node:tls'
import type { TLSSocket } from 'node:tls'

/** Types of HTTP/2 frames (RFC 9113 section 6). */
export const frameType = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const

/** One frame. */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Buffer = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** Header fields without indexing and without Huffman code (RFC 7541 section 6.2.2). */
export function fields(list: readonly (readonly [name: string, value: string])[]): Buffer {
  const text = (value: string): Buffer => {
    const bytes = Buffer.from(value, 'latin1')
    if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes])
    const rest: number[] = []
    for (let left = bytes.length - 127; ; left >>= 7) {
      if (left < 128) {
        rest.push(left)
        break
      }
      rest.push((left & 127) | 128)
    }
    return Buffer.concat([Buffer.from([127, ...rest]), bytes])
  }
  return Buffer.concat(list.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]))
}

/** The head of a GET. */
export function getFields(path = '/'): Buffer {
  return fields([
    [':method', 'GET'],
    [':scheme', 'https'],
    [':authority', 'shop.test'],
    [':path', path],
  ])
}

/** A frame as it was received. */
export interface ReceivedFrame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Buffer
}

/** A client of HTTP/2 that sends frames as they are, well-formed or not. */
export class FrameClient {
  readonly socket: TLSSocket
  readonly frames: ReceivedFrame[] = []
  private rest: Buffer = Buffer.alloc(0)

  private constructor(socket: TLSSocket) {
    this.socket = socket
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => this.take(chunk))
  }

  static async connect(port: number, ca: string): Promise<FrameClient> {
    const socket = tls.connect({
      port,
      host: '127.0.0.1',
      servername: 'shop.test',
      ca,
      ALPNProtocols: ['h2'],
    })
    const client = new FrameClient(socket)
    await once(socket, 'secureConnect')
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    client.send(frame(frameType.settings, 0, 0))
    return client
  }

  send(...frames: readonly Buffer[]): void {
    if (!this.socket.destroyed) this.socket.write(Buffer.concat(frames))
  }

  /** Error code of the first GOAWAY that came, or null. */
  get goaway(): number | null {
    const first = this.frames.find(({ type }) => type === frameType.goaway)
    return first === undefined ? null : first.payload.readUInt32BE(4)
  }

  /** Resolves with the milliseconds until the connection was closed. */
  async closed(): Promise<number> {
    const before = performance.now()
    if (!this.socket.closed) await once(this.socket, 'close')
    return performance.now() - before
  }

  close(): void {
    this.socket.destroy()
  }

  private take(chunk: Buffer): void {
    this.rest = Buffer.concat([this.rest, chunk])
    while (this.rest.length >= 9) {
      const length = this.rest.readUIntBE(0, 3)
      if (this.rest.length < 9 + length) return
      this.frames.push({
        type: this.rest[3] ?? 0,
        flags: this.rest[4] ?? 0,
        stream: this.rest.readUInt32BE(5),
        payload: this.rest.subarray(9, 9 + length),
      })
      this.rest = this.rest.subarray(9 + length)
    }
  }
}
