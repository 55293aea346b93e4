import type { IncomingMessage } from 'node:http'
import type { Agent } from '../../agent.ts'
import type { StoredInputs } from '../../inputs/stored-inputs.ts'
import { openMessages, serveMessage } from '../../message-context.ts'
import { contextOfObject } from '../../request-context.ts'
import { patch } from '../patch.ts'
import type { AnyFunction } from '../patch.ts'

interface WebSocketLike {
  readonly _isServer?: boolean
  readonly _socket?: object | null
}

function openingOf(socket: object | null | undefined): IncomingMessage | undefined {
  return socket === null || socket === undefined ? undefined : contextOfObject(socket)?.request
}

/** Messages that a server of the ws package receives. */
export function hookWs(agent: Agent, stored: StoredInputs, exported: unknown): void {
  patch(
    (exported as AnyFunction | undefined)?.prototype,
    'emit',
    (emit) =>
      function (this: unknown, ...args: unknown[]): unknown {
        const own = this as WebSocketLike
        if (args[0] !== 'message' || own._isServer !== true || agent.mode === 'off')
          return emit.apply(this, args)
        const opened = openingOf(own._socket)
        agent.counters.requests += 1
        agent.counters.messages += 1
        return serveMessage(
          { name: 'websocket', content: args[1], ...(opened === undefined ? {} : { opened }) },
          stored,
          () => emit.apply(this, args),
        )
      },
  )
}

interface GrpcCall {
  readonly request?: unknown
  push?: AnyFunction
  emit?: AnyFunction
  once?: AnyFunction
}

/** A call whose client sends many messages: each is taken in when it arrives, and heard for the call. */
function serveStream(call: GrpcCall, name: string, stored: StoredInputs, run: () => unknown): unknown {
  const messages = openMessages({ name }, stored)
  const { push, emit, once } = call
  if (push !== undefined)
    call.push = function (this: unknown, ...args: unknown[]): unknown {
      if (args[0] !== null) messages.add(args[0])
      return push.apply(this, args)
    }
  if (emit !== undefined)
    call.emit = function (this: unknown, ...args: unknown[]): unknown {
      return messages.run(() => emit.apply(this, args))
    }
  once?.call(call, 'close', () => messages.end())
  return messages.run(run)
}

/** Calls that a server of grpc-js receives. */
export function hookGrpc(agent: Agent, stored: StoredInputs, exported: unknown): void {
  const { Server } = exported as { readonly Server?: AnyFunction }
  patch(
    Server?.prototype,
    'register',
    (register) =>
      function (this: unknown, ...args: unknown[]): unknown {
        const [path, handler, ...rest] = args
        if (typeof handler !== 'function') return register.apply(this, args)
        const name = `grpc ${String(path)}`
        const serving = function (this: unknown, ...given: unknown[]): unknown {
          const run = (): unknown => (handler as AnyFunction).apply(this, given)
          if (agent.mode === 'off') return run()
          agent.counters.requests += 1
          agent.counters.messages += 1
          const call = (given[0] ?? {}) as GrpcCall
          return call.request === undefined
            ? serveStream(call, name, stored, run)
            : serveMessage({ name, content: call.request }, stored, run)
        }
        return register.call(this, path, serving, ...rest)
      },
  )
}
