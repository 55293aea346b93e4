import { createServer } from 'node:http'
import type { IncomingHttpHeaders, Server } from 'node:http'

/** One request as it arrived. */
export interface RecordedRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly body: Uint8Array
  readonly remoteAddress: string
}

/** What the server answers. */
export interface ScriptedAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Cut the connection instead of answering. */
  readonly hangUp?: boolean
}

/** An HTTP server that remembers every request and answers as told. */
export interface RecordingServer {
  readonly requests: readonly RecordedRequest[]
  /** Base URL; empty for a Unix socket. */
  readonly url: string
  readonly port: number
  /** Resolves when at least `count` requests have arrived. */
  received(count: number): Promise<void>
  close(): Promise<void>
}

/** Where it listens (default: loopback, any port) and what it answers (default: 200 and no body). */
export interface RecordingServerOptions {
  readonly socketPath?: string
  readonly answer?: (request: RecordedRequest, index: number) => ScriptedAnswer | Promise<ScriptedAnswer>
}

function listen(server: Server, socketPath: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    if (socketPath === undefined) server.listen(0, '127.0.0.1', resolve)
    else server.listen(socketPath, resolve)
  })
}

/** Starts a recording server. */
export async function startRecordingServer(options: RecordingServerOptions = {}): Promise<RecordingServer> {
  const requests: RecordedRequest[] = []
  let waiting: { count: number; resolve: () => void }[] = []
  const server = createServer((request, response) => {
    const chunks: Uint8Array[] = []
    request.on('error', () => undefined)
    request.on('data', (chunk: Uint8Array) => chunks.push(chunk))
    request.on('end', () => {
      const recorded: RecordedRequest = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        rawHeaders: request.rawHeaders,
        body: Buffer.concat(chunks),
        remoteAddress: request.socket.remoteAddress ?? '',
      }
      const index = requests.push(recorded) - 1
      void Promise.resolve(options.answer?.(recorded, index) ?? {}).then((answer) => {
        if (answer.hangUp === true) request.socket.destroy()
        else response.writeHead(answer.status ?? 200, answer.headers).end(answer.body)
      })
      waiting = waiting.filter(({ count, resolve }) => {
        if (requests.length < count) return true
        resolve()
        return false
      })
    })
  })
  await listen(server, options.socketPath)
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    requests,
    url: port === 0 ? '' : `http://127.0.0.1:${port}`,
    port,
    received: (count) =>
      requests.length >= count
        ? Promise.resolve()
        : new Promise((resolve) => void waiting.push({ count, resolve })),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
