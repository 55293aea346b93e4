import { ClientRequest, Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import { Server as HttpsServer } from 'node:https'
import { answer } from '../account/account.ts'
import type { Agent } from '../agent.ts'
import type { StoredInputs } from '../inputs/stored-inputs.ts'
import { exchanges } from '../exchanges.ts'
import { RequestContext, contextOf, currentRequest, inFlight, setContextOf } from '../request-context.ts'
import type { Traced } from '../request-context.ts'
import { patch } from './patch.ts'
import { guardConstructor, namesConstructorWay } from './prototype.ts'
import type { AnyFunction } from './patch.ts'
import { askForUnpacked } from './unpacked-answers.ts'

/** Requests are entered at the server itself, below every framework; bodies are seen as the parser gives them. */
export function hookHttpServer(agent: Agent, stored: StoredInputs): void {
  const enter = (emit: AnyFunction): AnyFunction =>
    function (this: unknown, ...args: unknown[]): unknown {
      // Here and in the other hooks that are reached many times a request: no closure, which would keep `args` on the
      // heap, and no destructuring of it, which goes through an iterator.
      const event = args[0]
      const request = args[1]
      const response = args[2]
      if (agent.mode === 'off' || (event !== 'request' && event !== 'upgrade')) return emit.apply(this, args)
      if (event === 'upgrade') {
        const upgraded = upgradedContext(request, response, stored)
        return upgraded === undefined
          ? emit.apply(this, args)
          : currentRequest.call(upgraded, emit, this, args)
      }
      if (!isMessage(request) || !isAnswer(response)) return emit.apply(this, args)
      agent.counters.requests += 1
      const context = new RequestContext(request, response, stored)
      context.slot = inFlight.add(context)
      exchanges.add(context)
      if (isRefusedEntry(agent, context)) return true
      askForUnpacked(agent, context)
      if (namesConstructorWay(context.target)) guardConstructor(agent, context)
      return currentRequest.call(context, emit, this, args)
    }
  patch(HttpServer.prototype, 'emit', enter)
  patch(HttpsServer.prototype, 'emit', enter)
  hookBodies(agent)
}

const messages: object = IncomingMessage.prototype
const answers: object = ServerResponse.prototype

// Nearly always they are Node's own; `instanceof` would ask their constructors how to compare.
function isMessage(value: unknown): value is IncomingMessage {
  if (typeof value !== 'object' || value === null) return false
  return Object.getPrototypeOf(value) === messages || value instanceof IncomingMessage
}

function isAnswer(value: unknown): value is ServerResponse {
  if (typeof value !== 'object' || value === null) return false
  return Object.getPrototypeOf(value) === answers || value instanceof ServerResponse
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
function upgradedContext(
  request: unknown,
  socket: unknown,
  stored: StoredInputs,
): RequestContext | undefined {
  if (!(request instanceof IncomingMessage) || typeof socket !== 'object' || socket === null) return undefined
  const context = new RequestContext(request, new ServerResponse(request), stored)
  setContextOf(socket, context)
  return context
}

/** JSON is looked at when it is parsed; other bodies when they arrive. */
function guardAgainstForm(agent: Agent, context: RequestContext, chunk: Uint8Array): void {
  if (context.isJson) return
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  if (bytes.includes('constructor') && namesConstructorWay(bytes.toString('latin1')))
    guardConstructor(agent, context)
}

function hookBodies(agent: Agent): void {
  patch(
    IncomingMessage.prototype,
    'push',
    (push) =>
      function (this: unknown, chunk: unknown, encoding: unknown): unknown {
        if (chunk instanceof Uint8Array) {
          const context = exchanges.find(this)
          if (context !== undefined && context.request === this) {
            context.addChunk(chunk)
            guardAgainstForm(agent, context, chunk)
          }
        }
        return push.call(this, chunk, encoding)
      },
  )
  // The parser speaks from outside of the request: what listens to a body would not know which request it serves.
  patch(IncomingMessage.prototype, 'emit', speakForRequest)
  patch(ServerResponse.prototype, 'emit', speakForRequest)
  patch(
    ClientRequest.prototype,
    'emit',
    (emit) =>
      function (this: unknown, ...args: unknown[]): unknown {
        const context = (this as Traced)[contextOf]
        if (args[0] === 'response' && context !== undefined && args[1] instanceof IncomingMessage)
          setContextOf(args[1], context)
        return context !== undefined && currentRequest.getStore() !== context
          ? currentRequest.call(context, emit, this, args)
          : emit.apply(this, args)
      },
  )
}

/** What listens to a message works for its request. */
function speakForRequest(emit: AnyFunction): AnyFunction {
  return function (this: unknown, ...args: unknown[]): unknown {
    const isClose = args[0] === 'close'
    const current = currentRequest.getStore()
    const isCurrent = current !== undefined && (current.request === this || current.response === this)
    if (!isClose && (isCurrent || !mayBeHeard(this as Heard, args[0]))) return emit.apply(this, args)
    const context = isCurrent ? current : exchanges.find(this)
    if (isClose && context !== undefined) exchanges.close(context, this)
    return context !== undefined && context !== current
      ? currentRequest.call(context, emit, this, args)
      : emit.apply(this, args)
  }
}

/** Node's own record of who listens. */
interface Heard {
  readonly _events?: Readonly<Record<string, unknown>>
}

/** Most events of most messages are heard by nobody. */
function mayBeHeard(message: Heard, event: unknown): boolean {
  const { _events: listeners } = message
  return listeners === undefined || typeof event !== 'string' || listeners[event] !== undefined
}
