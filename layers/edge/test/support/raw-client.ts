import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import net from 'node:net'
import type { Socket } from 'node:net'

/** An answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number
  /** Status line and headers. */
  readonly head: string
  /** Body without chunk framing. */
  readonly body: string
  header(name: string): string | undefined
}

const waitMs = 10_000

/** A GET of the site that the tests serve. */
export function getRequest(target: string, headers = ''): string {
  return `GET ${target} HTTP/1.1\r\nHost: shop.test\r\n${headers}\r\n`
}

/** One request on a connection of its own: connections go to the workers in turn. */
export async function askOnce(
  port: number,
  request: string,
  localAddress = '127.0.0.1',
): Promise<WireAnswer> {
  const client = await RawClient.connect(port, localAddress)
  try {
    client.send(request)
    return await client.answer()
  } finally {
    client.close()
  }
}

/** A client that sends bytes as they are and reads answers one by one. */
export class RawClient {
  readonly socket: Socket
  private chunks: Buffer[] = []
  private size = 0
  private ended = false
  private wake: (() => void) | null = null

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.chunks.push(chunk)
      this.size += chunk.length
      this.wake?.()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.ended = true
      this.wake?.()
    })
    socket.on('end', () => {
      this.ended = true
      this.wake?.()
    })
  }

  static async connect(port: number, localAddress = '127.0.0.1'): Promise<RawClient> {
    const socket = net.connect({ port, host: '127.0.0.1', localAddress, noDelay: true })
    const client = new RawClient(socket)
    await once(socket, 'connect')
    return client
  }

  send(text: string): void {
    this.socket.write(text, 'latin1')
  }

  /** Sends a GET and reads its answer. */
  async get(target: string, headers = ''): Promise<WireAnswer> {
    this.send(getRequest(target, headers))
    return this.answer()
  }

  /** Reads the next final answer. */
  async answer(method = 'GET'): Promise<WireAnswer> {
    let head = await this.readHead()
    while (head.startsWith('HTTP/1.1 100 ')) head = await this.readHead()
    const status = Number(head.slice(9, 12))
    const header = (name: string): string | undefined =>
      new RegExp(`\r\n${name}:[ \t]*([^\r]*)`, 'i').exec(head)?.[1]
    const body = await this.readBody(method, status, header)
    return { status, head, body, header }
  }

  /** Reads one head, also an interim one. */
  async readHead(): Promise<string> {
    await this.until(() => this.flat().includes('\r\n\r\n'))
    const end = this.flat().indexOf('\r\n\r\n')
    return this.take(end + 4).slice(0, -2)
  }

  /** Reads exactly `length` bytes. */
  async read(length: number): Promise<string> {
    await this.until(() => this.size >= length)
    return this.take(length)
  }

  /** Resolves when the other side ended the connection; gives what was left. */
  async closed(): Promise<string> {
    await this.until(() => this.ended)
    return this.take(this.size)
  }

  close(): void {
    this.socket.destroy()
  }

  private async readBody(
    method: string,
    status: number,
    header: (name: string) => string | undefined,
  ): Promise<string> {
    if (method === 'HEAD' || status === 204 || status === 304 || status === 101) return ''
    const length = header('content-length')
    if (length !== undefined) return this.read(Number(length))
    if (header('transfer-encoding') === 'chunked') return this.readChunks()
    return this.closed()
  }

  private async readChunks(): Promise<string> {
    let body = ''
    for (;;) {
      await this.until(() => this.flat().includes('\r\n'))
      const line = this.take(this.flat().indexOf('\r\n') + 2)
      const size = Number.parseInt(line, 16)
      const chunk = await this.read(size + 2)
      if (size === 0) return body
      body += chunk.slice(0, -2)
    }
  }

  private take(length: number): string {
    const all = this.flat()
    const rest = all.subarray(length)
    this.chunks = [rest]
    this.size = rest.length
    return all.toString('latin1', 0, length)
  }

  private flat(): Buffer {
    const all = Buffer.concat(this.chunks)
    this.chunks = [all]
    return all
  }

  private async until(done: () => boolean): Promise<void> {
    const deadline = performance.now() + waitMs
    while (!done()) {
      if (this.ended) throw new Error(`connection ended; left: ${JSON.stringify(this.take(200))}`)
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('no answer in time')), deadline - performance.now())
        this.wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }
}
