import { ClientRequest, Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import { Server as HttpsServer } from 'node:https'
import { answer } from '../account/account.ts'
import type { Agent } from '../agent.ts'
import type { StoredInputs } from '../inputs/stored-inputs.ts'
import {
  RequestContext,
  contextOfObject,
  currentRequest,
  inFlight,
  setContextOf,
} from '../request-context.ts'
import { patch } from './patch.ts'
import { guardConstructor, namesConstructorWay } from './prototype.ts'
import type { AnyFunction } from './patch.ts'

/** Requests are entered at the server itself, below every framework; bodies are seen as the parser gives them. */
export function hookHttpServer(agent: Agent, stored: StoredInputs): void {
  const enter = (emit: AnyFunction): AnyFunction =>
    function (this: unknown, ...args: unknown[]): unknown {
      const [event, request, response] = args
      if (agent.mode === 'off') return emit.apply(this, args)
      if (event === 'upgrade') return enterUpgrade(request, response, stored, () => emit.apply(this, args))
      if (event !== 'request') return emit.apply(this, args)
      if (!(request instanceof IncomingMessage) || !(response instanceof ServerResponse))
        return emit.apply(this, args)
      agent.counters.requests += 1
      const context = new RequestContext(request, response, stored)
      context.slot = inFlight.add(context)
      setContextOf(request, context)
      setContextOf(response, context)
      if (isRefusedEntry(agent, context)) return true
      if (namesConstructorWay(request.url ?? '')) guardConstructor(agent, context)
      return currentRequest.run(context, () => emit.apply(this, args))
    }
  patch(HttpServer.prototype, 'emit', enter)
  patch(HttpsServer.prototype, 'emit', enter)
  hookBodies(agent)
}

/** True when a decision or a rate limit kept the request out and it was answered. */
function isRefusedEntry(agent: Agent, context: RequestContext): boolean {
  if (agent.entry === undefined) return false
  try {
    const refusal = agent.entry(context)
    if (refusal === undefined) return false
    if (agent.mode !== 'enforce') {
      agent.counters.noticed += 1
      return false
    }
    agent.counters.refused += 1
    answer(context, refusal)
    return true
  } catch (error) {
    agent.fault(error, 'entry')
    return false
  }
}

/** What listens to a connection that leaves HTTP behind works for the request that opened it. */
function enterUpgrade(request: unknown, socket: unknown, stored: StoredInputs, call: () => unknown): unknown {
  if (!(request instanceof IncomingMessage) || typeof socket !== 'object' || socket === null) return call()
  const context = new RequestContext(request, new ServerResponse(request), stored)
  setContextOf(socket, context)
  return currentRequest.run(context, call)
}

/** JSON is looked at when it is parsed; other bodies when they arrive. */
function guardAgainstForm(agent: Agent, context: RequestContext, chunk: Uint8Array): void {
  if ((context.request.headers['content-type'] ?? '').includes('json')) return
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  if (bytes.includes('constructor') && namesConstructorWay(bytes.toString('latin1')))
    guardConstructor(agent, context)
}

function hookBodies(agent: Agent): void {
  patch(
    IncomingMessage.prototype,
    'push',
    (push) =>
      function (this: unknown, ...args: unknown[]): unknown {
        const [chunk] = args
        if (chunk instanceof Uint8Array) {
          const context = contextOfObject(this as object)
          if (context !== undefined && context.request === this) {
            context.addChunk(chunk)
            guardAgainstForm(agent, context, chunk)
          }
        }
        return push.apply(this, args)
      },
  )
  // The parser speaks from outside of the request: what listens to a body would not know which request it serves.
  patch(IncomingMessage.prototype, 'emit', emitForOwner)
  patch(ClientRequest.prototype, 'emit', emitForOwner)
}

/** Events of a message are heard by code that works for the request it belongs to; so is the answer to an outgoing one. */
function emitForOwner(emit: AnyFunction): AnyFunction {
  return function (this: unknown, ...args: unknown[]): unknown {
    const context = contextOfObject(this as object)
    if (context === undefined) return emit.apply(this, args)
    if (args[0] === 'response' && args[1] instanceof IncomingMessage) setContextOf(args[1], context)
    return currentRequest.getStore() === context
      ? emit.apply(this, args)
      : currentRequest.run(context, () => emit.apply(this, args))
  }
}
