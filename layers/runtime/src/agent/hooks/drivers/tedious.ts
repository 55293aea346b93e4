import { sqlDialects } from '../../lexers/sql-spans.ts'
import type { StatementGuard } from '../../statement-guard.ts'
import { patch } from '../patch.ts'
import type { AnyFunction } from '../patch.ts'
import { refusedStatement } from './refused-statement.ts'

/** tedious, and mssql on top of it: the server refuses the replaced statement and the request's callback gets its error. */
export function hookTedious(guard: StatementGuard, exported: unknown): void {
  const prototype: unknown = (exported as { readonly Connection?: AnyFunction }).Connection?.prototype
  for (const name of ['execSql', 'execSqlBatch', 'prepare']) {
    patch(
      prototype,
      name,
      (original) =>
        function (this: unknown, ...args: unknown[]): unknown {
          const request = args[0] as { sqlTextOrProcedure?: unknown } | undefined
          const text = request?.sqlTextOrProcedure
          if (request === undefined || typeof text !== 'string') return original.apply(this, args)
          const refusal = guard.check({ sink: `tedious.${name}`, dialect: sqlDialects.sqlite, text })
          if (refusal !== null) request.sqlTextOrProcedure = refusedStatement
          return original.apply(this, args)
        },
    )
  }
}
