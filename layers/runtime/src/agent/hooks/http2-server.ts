import { IncomingMessage, ServerResponse } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { Socket } from 'node:net'
import type { Agent } from '../agent.ts'
import type { StoredInputs } from '../inputs/stored-inputs.ts'
import { RequestContext, currentRequest, inFlight } from '../request-context.ts'
import { patch } from './patch.ts'
import type { AnyFunction } from './patch.ts'

interface StreamLike {
  readonly session?: { readonly socket?: { readonly remoteAddress?: string } }
  once(event: 'close', listener: () => void): unknown
}

function textIn(headers: Readonly<Record<string, unknown>>, name: string, otherwise: string): string {
  const value = headers[name]
  return typeof value === 'string' ? value : otherwise
}

/** A request as the rest of the agent knows it: the head of a stream (RFC 9113, section 8.3) in the words of HTTP/1. */
function requestOf(stream: StreamLike, headers: Readonly<Record<string, unknown>>): IncomingMessage {
  const request = new IncomingMessage(new Socket())
  const remoteAddress = stream.session?.socket?.remoteAddress
  Object.defineProperty(request, 'socket', { value: { remoteAddress } })
  request.method = textIn(headers, ':method', 'GET')
  request.url = textIn(headers, ':path', '/')
  request.httpVersion = '2.0'
  const plain = Object.entries(headers).filter(([name]) => !name.startsWith(':'))
  request.headers = {
    ...(Object.fromEntries(plain) as IncomingHttpHeaders),
    host: textIn(headers, ':authority', textIn(headers, 'host', '')),
  }
  request.rawHeaders = plain.flatMap(([name, value]) => [name, String(value)])
  return request
}

/** Pieces of the body are kept, and who listens to the stream works for its request. */
function followStream(stream: StreamLike, context: RequestContext): void {
  patch(
    stream,
    'push',
    (push) =>
      function (this: unknown, ...args: unknown[]): unknown {
        if (args[0] instanceof Uint8Array) context.addChunk(args[0])
        return push.apply(this, args)
      },
  )
  patch(
    stream,
    'emit',
    (emit) =>
      function (this: unknown, ...args: unknown[]): unknown {
        return currentRequest.run(context, () => emit.apply(this, args))
      },
  )
}

function enterStream(agent: Agent, stored: StoredInputs): (emit: AnyFunction) => AnyFunction {
  return (emit) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const [event, stream, headers] = args
      if (event !== 'stream' || agent.mode === 'off' || typeof stream !== 'object' || stream === null)
        return emit.apply(this, args)
      agent.counters.requests += 1
      const request = requestOf(stream as StreamLike, (headers ?? {}) as Record<string, unknown>)
      const context = new RequestContext(request, new ServerResponse(request), stored)
      context.slot = inFlight.add(context)
      ;(stream as StreamLike).once('close', () => inFlight.remove(context, context.slot))
      followStream(stream as StreamLike, context)
      return currentRequest.run(context, () => emit.apply(this, args))
    }
}

/** HTTP/2 servers: each stream is a request, whichever of Node's two interfaces the application uses. */
export function hookHttp2Server(agent: Agent, stored: StoredInputs, http2: unknown): void {
  for (const name of ['createServer', 'createSecureServer'])
    patch(
      http2,
      name,
      (create) =>
        function (this: unknown, ...args: unknown[]): unknown {
          const server = create.apply(this, args)
          patch(server, 'emit', enterStream(agent, stored))
          return server
        },
    )
}
