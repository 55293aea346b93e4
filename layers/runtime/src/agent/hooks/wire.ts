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

// A property of the socket: a weak map costs the garbage collector more.
const protocolKey = Symbol('sevenfold.protocol')
/** First writes of a socket that are looked at: a request for TLS may come before the startup message. */
const longestFirst = 4_096

interface Marked {
  [protocolKey]?: Protocol
}

function protocolOf(socket: Marked, chunk: Uint8Array): Protocol {
  const known = socket[protocolKey]
  if (known !== undefined) return known
  const found =
    chunk.length > longestFirst
      ? 'other'
      : isPostgresStartup(chunk)
        ? 'postgres'
        : isMysqlLogin(chunk)
          ? 'mysql'
          : 'other'
  socket[protocolKey] = found
  return found
}

/** Looks at what is written and hands it to `writeOf`. */
function watchedWrite(guard: StatementGuard, writeOf: (socket: unknown) => AnyFunction): AnyFunction {
  const isRefused = (bytes: Uint8Array, start: number, end: number): boolean => {
    if (guard.isNewest(bytes, start, end)) return false
    const text = textBetween(bytes, start, end)
    return guard.check({ sink: 'postgres wire', dialect: sqlDialects.postgres, text }) !== null
  }
  return function (this: unknown, ...args: unknown[]): unknown {
    const chunk = args[0]
    if (chunk instanceof Uint8Array) {
      const protocol = protocolOf(this as Marked, chunk)
      if (protocol !== 'other' && isServing())
        args[0] =
          protocol === 'postgres'
            ? rewritePostgres(chunk, isRefused, refusedStatement)
            : rewriteMysql(guard, chunk)
    }
    return writeOf(this).apply(this, args)
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
  // One function for all sockets; a class may have a `write` of its own.
  const watched = watchedWrite(
    guard,
    (socket) => (Object.getPrototypeOf(socket) as { readonly write: AnyFunction }).write,
  )
  const watch = (socket: unknown): void => {
    const own: unknown = Object.getOwnPropertyDescriptor(socket, 'write')?.value
    if (own === watched) return // it connects again
    // A `write` that somebody else has put there is called by ours.
    const inherited: unknown = (Object.getPrototypeOf(socket) as { readonly write?: unknown }).write
    if (own !== undefined && own !== inherited)
      patch(socket, 'write', (write) => watchedWrite(guard, () => write))
    else
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
        if (!(this instanceof TLSSocket)) watch(this)
        return socket
      },
  )
  patch(TLSSocket.prototype, 'write', (write) => watchedWrite(guard, () => write))
}
