import { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { sqlDialects } from '../lexers/sql-spans.ts'
import type { StatementGuard } from '../statement-guard.ts'
import { currentRequest, isServing } from '../request-context.ts'
import { refusedStatement } from './drivers/refused-statement.ts'
import { patch, patchBelow } from './patch.ts'
import type { AnyFunction } from './patch.ts'
import { isMysqlLogin, readMysqlStatement, refusedMysqlPacket } from '../wire/mysql.ts'
import { isPostgresStartup, rewritePostgres, textBetween } from '../wire/postgres.ts'

type Protocol = 'postgres' | 'mysql' | 'other'

/** What is known of a socket. */
interface Wire {
  /** Known as of its first write. */
  protocol: Protocol | undefined
  /** Where its own `write` is, as somebody may have replaced it by now. */
  readonly holder: { readonly write: AnyFunction }
}

// A property of the socket: a weak map costs the garbage collector more.
const wireOf = Symbol('sevenfold.wire')
/** First writes of a socket that are looked at: a request for TLS may come before the startup message. */
const longestFirst = 4_096

interface Watched {
  [wireOf]?: Wire
}

function protocolOf(chunk: Uint8Array): Protocol {
  if (chunk.length > longestFirst) return 'other'
  if (isPostgresStartup(chunk)) return 'postgres'
  return isMysqlLogin(chunk) ? 'mysql' : 'other'
}

type Rewrite = (wire: Wire, chunk: Uint8Array) => Uint8Array

/** Gives what is to be written in place of a chunk: nearly always the chunk itself. */
function createRewrite(guard: StatementGuard): Rewrite {
  const isRefused = (bytes: Uint8Array, start: number, end: number): boolean => {
    if (guard.isNewest(bytes, start, end)) return false
    const text = textBetween(bytes, start, end)
    return guard.check({ sink: 'postgres wire', dialect: sqlDialects.postgres, text }) !== null
  }
  return (wire, chunk) => {
    wire.protocol ??= protocolOf(chunk)
    if (wire.protocol === 'other' || !isServing()) return chunk
    return wire.protocol === 'postgres'
      ? rewritePostgres(chunk, isRefused, refusedStatement)
      : rewriteMysql(guard, chunk)
  }
}

function rewriteMysql(guard: StatementGuard, chunk: Uint8Array): Uint8Array {
  const text = readMysqlStatement(chunk)
  const refusal =
    text === undefined ? null : guard.check({ sink: 'mysql wire', dialect: sqlDialects.mysql, text })
  return refusal === null ? chunk : refusedMysqlPacket(chunk, refusedStatement)
}

/**
 * Statements on their way to a server, below every driver and version: refused ones are replaced by one that fails. Only
 * sockets that connect are looked at: those of a server answer more often than any database is asked. Under TLS the text
 * is written to a socket that was handed another one and never connects itself.
 */
export function hookWire(guard: StatementGuard): void {
  const rewrite = createRewrite(guard)
  // One function for all sockets.
  const watched = function (this: Watched, ...args: unknown[]): unknown {
    const chunk = args[0]
    const wire = this[wireOf]
    if (wire === undefined || !(chunk instanceof Uint8Array))
      return (wire?.holder ?? (Object.getPrototypeOf(this) as Wire['holder'])).write.apply(this, args)
    const written = rewrite(wire, chunk)
    return written === chunk
      ? wire.holder.write.apply(this, args)
      : wire.holder.write.call(this, written, ...args.slice(1))
  }
  const watch = (socket: Watched): void => {
    const own: unknown = Object.getOwnPropertyDescriptor(socket, 'write')?.value
    if (own === watched) return // it connects again
    // A class may have a `write` of its own, and one that somebody else has put there is called by ours.
    const prototype = Object.getPrototypeOf(socket) as Wire['holder']
    const holder = own === undefined || own === prototype.write ? prototype : { write: own as AnyFunction }
    Object.defineProperty(socket, wireOf, {
      value: { protocol: undefined, holder } satisfies Wire,
      configurable: true,
    })
    Object.defineProperty(socket, 'write', {
      value: watched,
      writable: true,
      configurable: true,
      enumerable: false,
    })
  }
  // `connect` is also replaced by the hook of outgoing requests, which comes above.
  patchBelow(
    Socket.prototype,
    'connect',
    (connect) =>
      function (this: unknown, ...args: unknown[]): unknown {
        // A connection that is kept serves many requests; where Node follows by itself, its events would all be taken for
        // those of the request that opened it.
        const socket =
          currentRequest.isFramed && currentRequest.getStore() !== undefined
            ? currentRequest.exit(() => connect.apply(this, args))
            : connect.apply(this, args)
        // Afterwards: Node puts the prototype's own `write` back when a socket connects.
        if (!(this instanceof TLSSocket)) watch(this as Watched)
        return socket
      },
  )
  patch(
    TLSSocket.prototype,
    'write',
    (write) =>
      function (this: unknown, ...args: unknown[]): unknown {
        const chunk = args[0]
        if (!(chunk instanceof Uint8Array)) return write.apply(this, args)
        const wire = ((this as Watched)[wireOf] ??= { protocol: undefined, holder: { write } })
        const written = rewrite(wire, chunk)
        return written === chunk ? write.apply(this, args) : write.call(this, written, ...args.slice(1))
      },
  )
}
