import type { Buffer } from 'node:buffer'
import net from 'node:net'
import type { Server, Socket } from 'node:net'

/** One request head that reached the upstream, with the connection to answer on. */
export interface Arrival {
  readonly head: string
  readonly socket: Socket
  /** Number of the connection, from 1. */
  readonly connection: number
}

/** An upstream that shows every byte it gets and answers what the test says. */
export class RawUpstream {
  /** Heads in the order of their arrival. */
  readonly heads: string[] = []
  /** All bytes, per connection. */
  readonly bytes: string[] = []
  readonly sockets = new Set<Socket>()
  connections = 0
  /** Called for each complete head. */
  onRequest: (arrival: Arrival) => void = ({ socket }) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  }
  /** Called for all bytes behind the first head of a connection. */
  onBytes: ((chunk: Buffer, socket: Socket) => void) | null = null
  private readonly server: Server

  private constructor() {
    this.server = net.createServer((socket) => this.accept(socket))
  }

  static async start(): Promise<RawUpstream> {
    const upstream = new RawUpstream()
    await new Promise<void>((resolve) => upstream.server.listen(0, '127.0.0.1', () => resolve()))
    return upstream
  }

  get port(): number {
    const address = this.server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise<void>((resolve) => this.server.close(() => resolve()))
  }

  private accept(socket: Socket): void {
    this.connections += 1
    const connection = this.connections
    const index = this.bytes.push('') - 1
    let seen = 0
    let inBody = false
    this.sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => this.sockets.delete(socket))
    socket.on('data', (chunk) => {
      if (inBody && this.onBytes !== null) {
        this.onBytes(chunk, socket)
        return
      }
      const text = (this.bytes[index] ?? '') + chunk.toString('latin1')
      this.bytes[index] = text
      for (let end = text.indexOf('\r\n\r\n', seen); end >= 0; end = text.indexOf('\r\n\r\n', seen)) {
        const head = text.slice(seen, end + 2)
        if (!/^[A-Z]+ \S+ HTTP\/1\.1\r\n/.test(head)) break
        seen = end + 4
        inBody = true
        this.heads.push(head)
        this.onRequest({ head, socket, connection })
      }
    })
  }
}
