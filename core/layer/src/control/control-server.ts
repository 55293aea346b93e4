import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { isUtf8 } from 'node:buffer'
import { decodeControlRequest, maxControlLineBytes } from '@sevenfold/event'
import type { ControlErrorCode, ControlRequest, ControlResponse } from '@sevenfold/event'
import { listenOnSocket } from '../files/listen-on-socket.ts'
import type { Logger } from '../log/logger.ts'

/** What a control server needs. */
export interface ControlServerOptions {
  /** For example `data/edge/control.sock`. */
  readonly socketPath: string
  /** Does what is asked. Never rejects: every failure is a response. */
  readonly act: (request: ControlRequest) => Promise<ControlResponse>
  readonly log: Logger
}

/** Serves until it is closed. */
export interface ControlServer {
  close(): Promise<void>
}

/** Connections at the same time. */
export const maxControlConnections = 16
/** A connection without a request for this long is closed, in milliseconds. */
export const controlIdleMs = 60_000

/** A refusal. */
export function refusal(id: string, code: ControlErrorCode, message: string): ControlResponse {
  return { id, ok: false, error: { code, message } }
}

/** Cuts a stream of bytes into lines; `undefined` when a line gets longer than it may. */
function createLineCutter(maxBytes: number): (chunk: Uint8Array) => Uint8Array[] | undefined {
  let rest: Uint8Array = new Uint8Array(0)
  return (chunk) => {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const lines: Uint8Array[] = []
    for (let newline = bytes.indexOf(0x0a); newline >= 0; newline = bytes.indexOf(0x0a)) {
      if (newline > maxBytes) return undefined
      lines.push(bytes.subarray(0, newline))
      bytes = bytes.subarray(newline + 1)
    }
    rest = bytes
    return rest.length > maxBytes ? undefined : lines
  }
}

async function answerLine(line: Uint8Array, options: ControlServerOptions): Promise<ControlResponse> {
  if (!isUtf8(line)) return refusal('', 'CONTROL_BAD_REQUEST', 'the line is no UTF-8')
  const request = decodeControlRequest(Buffer.from(line).toString('utf8'))
  if (!request.ok) return refusal('', 'CONTROL_BAD_REQUEST', `${request.path}: ${request.message}`)
  return options.act(request.value)
}

function serve(socket: Socket, options: ControlServerOptions): void {
  const cut = createLineCutter(maxControlLineBytes)
  let last: Promise<void> = Promise.resolve()
  const reply = (response: ControlResponse): void => {
    if (socket.writable) socket.write(`${JSON.stringify(response)}\n`)
  }
  socket.setTimeout(controlIdleMs, () => socket.destroy())
  socket.on('error', () => undefined) // the other side went away
  socket.on('data', (chunk: Uint8Array) => {
    const lines = cut(chunk)
    if (lines === undefined) {
      options.log.warn('control-line-too-long')
      reply(refusal('', 'CONTROL_BAD_REQUEST', `a line has at most ${maxControlLineBytes} bytes`))
      socket.end()
      socket.removeAllListeners('data')
      return
    }
    for (const line of lines) last = last.then(async () => reply(await answerLine(line, options)))
  })
  // Requests that came before the end are still answered.
  socket.on('end', () => void last.then(() => socket.end()))
}

/** Serves control requests as JSON lines on a Unix socket of mode 0600; requests of a connection run one by one. */
export async function startControlServer(options: ControlServerOptions): Promise<ControlServer> {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    serve(socket, options)
  })
  server.maxConnections = maxControlConnections
  await listenOnSocket(server, options.socketPath)
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
