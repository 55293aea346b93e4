import { sqlDialects } from '../../lexers/sql-spans.ts'
import type { StatementGuard } from '../../statement-guard.ts'
import { patch, refuseByCallback } from '../patch.ts'
import type { AnyFunction } from '../patch.ts'
import { refusedStatement } from './refused-statement.ts'

/** better-sqlite3 and node:sqlite: they throw for statements they cannot prepare, and so does the refusal. */
export function hookSyncSqlite(guard: StatementGuard, database: unknown, product: string): void {
  const prototype: unknown = (database as { readonly prototype?: unknown } | undefined)?.prototype
  for (const name of ['prepare', 'exec', 'pragma']) {
    patch(
      prototype,
      name,
      (original) =>
        function (this: unknown, ...args: unknown[]): unknown {
          const [text] = args
          if (typeof text !== 'string') return original.apply(this, args)
          const refusal = guard.check({ sink: `${product}.${name}`, dialect: sqlDialects.sqlite, text })
          if (refusal !== null) throw refusal
          return original.apply(this, args)
        },
    )
  }
}

/** sqlite3: a callback gets the refusal; without one the driver reports a bad statement by its own event. */
export function hookSqlite3(guard: StatementGuard, exported: unknown): void {
  const prototype: unknown = (exported as { readonly Database?: AnyFunction }).Database?.prototype
  for (const name of ['run', 'get', 'all', 'each', 'exec', 'prepare']) {
    patch(
      prototype,
      name,
      (original) =>
        function (this: unknown, ...args: unknown[]): unknown {
          const [text, ...rest] = args
          if (typeof text !== 'string') return original.apply(this, args)
          const refusal = guard.check({
            sink: `sqlite3.${name}`,
            dialect: sqlDialects.sqlite,
            text,
            values: rest,
          })
          if (refusal === null) return original.apply(this, args)
          if (name !== 'prepare' && refuseByCallback(args, refusal)) return this
          const ignore = (): undefined => undefined
          const last = args.at(-1)
          return original.call(this, refusedStatement, typeof last === 'function' ? last : ignore)
        },
    )
  }
}
