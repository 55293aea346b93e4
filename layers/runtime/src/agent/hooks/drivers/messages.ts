import type { IncomingMessage } from 'node:http'
import type { Agent } from '../../agent.ts'
import type { StoredInputs } from '../../inputs/stored-inputs.ts'
import { serveMessage } from '../../message-context.ts'
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
        return serveMessage(
          { name: 'websocket', content: args[1], ...(opened === undefined ? {} : { opened }) },
          stored,
          () => emit.apply(this, args),
        )
      },
  )
}

/** Calls that a server of grpc-js receives: unary and server-streaming ones have their message at hand. */
export function hookGrpc(agent: Agent, stored: StoredInputs, exported: unknown): void {
  const { Server } = exported as { readonly Server?: AnyFunction }
  patch(
    Server?.prototype,
    'register',
    (register) =>
      function (this: unknown, ...args: unknown[]): unknown {
        const [name, handler, ...rest] = args
        if (typeof handler !== 'function') return register.apply(this, args)
        const serving = function (this: unknown, ...call: unknown[]): unknown {
          const content = (call[0] as { readonly request?: unknown } | undefined)?.request
          const run = (): unknown => (handler as AnyFunction).apply(this, call)
          if (agent.mode === 'off') return run()
          agent.counters.requests += 1
          return serveMessage({ name: `grpc ${String(name)}`, content }, stored, run)
        }
        return register.call(this, name, serving, ...rest)
      },
  )
}
