import { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import { Server as HttpsServer } from 'node:https'
import type { Agent } from '../agent.ts'
import type { StoredInputs } from '../inputs/stored-inputs.ts'
import { RequestContext, currentRequest } from '../request-context.ts'
import { patch } from './patch.ts'
import type { AnyFunction } from './patch.ts'

// A property and not a weak map: thousands of short-lived keys in one would keep the garbage collector busy.
const contextOf = Symbol('sevenfold.context')

interface Traced {
  [contextOf]?: RequestContext
}

/** Requests are entered at the server itself, below every framework; bodies are seen as the parser gives them. */
export function hookHttpServer(agent: Agent, stored: StoredInputs): void {
  const enter = (emit: AnyFunction): AnyFunction =>
    function (this: unknown, ...args: unknown[]): unknown {
      if (args[0] !== 'request' || agent.mode === 'off') return emit.apply(this, args)
      const [, request, response] = args
      if (!(request instanceof IncomingMessage) || !(response instanceof ServerResponse))
        return emit.apply(this, args)
      agent.counters.requests += 1
      const context = new RequestContext(request, response, stored)
      ;(request as Traced)[contextOf] = context
      return currentRequest.run(context, () => emit.apply(this, args))
    }
  patch(HttpServer.prototype, 'emit', enter)
  patch(HttpsServer.prototype, 'emit', enter)
  hookBodies()
}

function hookBodies(): void {
  patch(
    IncomingMessage.prototype,
    'push',
    (push) =>
      function (this: unknown, ...args: unknown[]): unknown {
        const [chunk] = args
        if (chunk instanceof Uint8Array) (this as Traced)[contextOf]?.addChunk(chunk)
        return push.apply(this, args)
      },
  )
  // The parser speaks from outside of the request: what listens to a body would not know which request it serves.
  patch(
    IncomingMessage.prototype,
    'emit',
    (emit) =>
      function (this: unknown, ...args: unknown[]): unknown {
        const context = (this as Traced)[contextOf]
        return context === undefined || currentRequest.getStore() === context
          ? emit.apply(this, args)
          : currentRequest.run(context, () => emit.apply(this, args))
      },
  )
}
