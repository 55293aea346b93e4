import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import net from 'node:net'
import { plainHead } from '../../src/http/response-head.ts'
import { defaultHttpLimits } from '../../src/http/limits.ts'
import type { HttpLimits } from '../../src/http/limits.ts'
import type { Exchange, HttpEngine, RequestHandler } from '../../src/http/exchange.ts'
import type { Refusal } from '../../src/http/refusal.ts'
import { createSocketEngine } from '../../src/http/socket-engine.ts'

/** What an engine made of the bytes of one connection. */
export interface Seen {
  readonly requests: { method: string; target: string; body: string; complete: boolean }[]
  readonly refusals: string[]
}

/** A handler that takes whole requests, answers 200, and writes down what it saw. */
export function recordingHandler(seen: Seen): RequestHandler {
  const refusal = (found: Refusal) => {
    seen.refusals.push(found.code)
    return { fields: '', body: '' }
  }
  return {
    request: (exchange) => record(exchange, seen, refusal),
    refused: (_peer, found) => refusal(found),
    overLimit: () => void seen.refusals.push('over-limit'),
    isProxy: () => false,
  }
}

function record(
  exchange: Exchange,
  seen: Seen,
  refusal: (found: Refusal) => { fields: string; body: string },
): void {
  const request = { method: exchange.head.method, target: exchange.head.target, body: '', complete: false }
  seen.requests.push(request)
  const end = (): void => {
    request.complete = true
    exchange.respond(plainHead(200, 'OK', '', 2), Buffer.from('ok'), true)
  }
  exchange.listener = {
    requestBody: (piece) => void (request.body += piece.toString('latin1')),
    requestEnd: end,
    refused: refusal,
    aborted: () => {},
    drained: () => {},
  }
  if (exchange.head.chunked || exchange.head.contentLength > 0) exchange.resumeRequest()
  else end()
}

/** An engine on a free port of loopback. */
export async function startEngine(
  handler: RequestHandler,
  limits: Partial<HttpLimits> = {},
  create: typeof createSocketEngine = createSocketEngine,
): Promise<{ engine: HttpEngine; port: number }> {
  const engine = create({
    limits: { ...defaultHttpLimits, connectionsPerAddress: 10_000, ...limits },
    handler,
    monotonicMs: () => performance.now(),
  })
  const { port } = await engine.listen({ host: '127.0.0.1', port: 0 })
  return { engine, port }
}

/** Sends pieces one after the other as separate reads of the peer; resolves with what came back at the end. */
export async function sendPieces(port: number, pieces: readonly Buffer[]): Promise<string> {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
  const received: Buffer[] = []
  socket.on('data', (chunk) => received.push(chunk))
  socket.on('error', () => {})
  await once(socket, 'connect')
  for (const piece of pieces) {
    if (socket.destroyed) break
    await new Promise<void>((resolve) => socket.write(piece, () => resolve()))
  }
  socket.end()
  if (!socket.closed) await once(socket, 'close')
  return Buffer.concat(received).toString('latin1')
}
