import { Socket } from 'node:net'
import { sqlDialects } from '../lexers/sql-spans.ts'
import type { StatementGuard } from '../statement-guard.ts'
import { isServing } from '../request-context.ts'
import { refusedStatement } from './drivers/refused-statement.ts'
import { patch } from './patch.ts'
import { isMysqlLogin, readMysqlStatement, refusedMysqlPacket } from '../wire/mysql.ts'
import { isPostgresStartup, rewritePostgres } from '../wire/postgres.ts'

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

/** Statements on their way to a server, below every driver and version: refused ones are replaced by one that fails. */
export function hookWire(guard: StatementGuard): void {
  patch(
    Socket.prototype,
    'write',
    (write) =>
      function (this: unknown, ...args: unknown[]): unknown {
        const [chunk, ...rest] = args
        if (!(chunk instanceof Uint8Array)) return write.apply(this, args)
        const protocol = protocolOf(this as Marked, chunk)
        if (protocol === 'other' || !isServing()) return write.apply(this, args)
        if (protocol === 'postgres') {
          const isRefused = (text: string): boolean =>
            guard.check({ sink: 'postgres wire', dialect: sqlDialects.postgres, text }) !== null
          return write.call(this, rewritePostgres(chunk, isRefused, refusedStatement), ...rest)
        }
        const text = readMysqlStatement(chunk)
        const refusal =
          text === undefined ? null : guard.check({ sink: 'mysql wire', dialect: sqlDialects.mysql, text })
        return write.call(
          this,
          refusal === null ? chunk : refusedMysqlPacket(chunk, refusedStatement),
          ...rest,
        )
      },
  )
}
