import { Agent, request } from 'node:http'
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http'

/** An answer, read whole. */
export interface SocketAnswer {
  readonly status: number
  /** Seconds of `Retry-After`, at most an hour; undefined without one. */
  readonly retryAfterSeconds: number | undefined
  readonly text: string
}

/** One POST. */
export interface SocketPost {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** A small HTTP client for one receiver on a Unix socket, with one connection that is kept. */
export interface SocketClient {
  /** Rejects when the connection fails, times out or the answer is too long. */
  post(post: SocketPost): Promise<SocketAnswer>
  close(): void
}

/** Longest answer of a receiver, in bytes. */
export const maxAnswerBytes = 65_536
/** Longest wait for an answer in milliseconds; a receiver answers after its fsync. */
export const answerTimeoutMs = 30_000

function retryAfter(response: IncomingMessage): number | undefined {
  const value = response.headers['retry-after']
  return value !== undefined && /^\d{1,6}$/.test(value) ? Math.min(3600, Number(value)) : undefined
}

function readAnswer(
  response: IncomingMessage,
  done: (error: Error | null, answer?: SocketAnswer) => void,
): void {
  const chunks: Uint8Array[] = []
  let bytes = 0
  response.on('data', (chunk: Uint8Array) => {
    bytes += chunk.length
    if (bytes <= maxAnswerBytes) chunks.push(chunk)
    else response.destroy(new Error(`the answer is longer than ${maxAnswerBytes} bytes`))
  })
  response.on('error', (error) => done(error))
  response.on('end', () => {
    const text = Buffer.concat(chunks).toString()
    done(null, { status: response.statusCode ?? 0, retryAfterSeconds: retryAfter(response), text })
  })
}

/** Begins a request; over a socket or over TLS. */
export type OpenRequest = (options: RequestOptions) => ClientRequest

/** One POST over whatever `open` opens. Rejects as `SocketClient.post`. */
export function postOver(open: OpenRequest, { path, headers, body }: SocketPost): Promise<SocketAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = open({
      method: 'POST',
      path,
      headers: { host: 'sevenfold', 'content-length': String(body.length), ...headers },
      timeout: answerTimeoutMs,
    })
    outgoing.on('response', (response: IncomingMessage) =>
      readAnswer(response, (error, answer) => {
        if (error !== null || answer === undefined) reject(error ?? new Error('no answer'))
        else resolve(answer)
      }),
    )
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${answerTimeoutMs} ms`)))
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** A client for the receiver behind `socketPath`. */
export function createSocketClient(socketPath: string): SocketClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 2 })
  return {
    post: (post) => postOver((options) => request({ ...options, socketPath, agent }), post),
    close: () => agent.destroy(),
  }
}
