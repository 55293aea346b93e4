import { EventEmitter } from 'node:events'
import { sqlDialects } from '../../lexers/sql-spans.ts'
import type { StatementGuard } from '../../statement-guard.ts'
import { patch, refuseByCallback } from '../patch.ts'
import type { AnyFunction } from '../patch.ts'
import { refusedStatement } from './refused-statement.ts'

function textOf(statement: unknown): string | undefined {
  if (typeof statement === 'string') return statement
  const sql: unknown =
    typeof statement === 'object' && statement !== null && 'sql' in statement ? statement.sql : undefined
  return typeof sql === 'string' ? sql : undefined
}

function wrapQuery(guard: StatementGuard, sink: string): (query: AnyFunction) => AnyFunction {
  return (query) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const [statement, values] = args
      const text = textOf(statement)
      if (text === undefined) return query.apply(this, args)
      const refusal = guard.check({
        sink,
        dialect: sqlDialects.mysql,
        text,
        ...(typeof values === 'function' ? {} : { values }),
      })
      if (refusal === null) return query.apply(this, args)
      // What a query gives is an emitter; sequelize sets its listeners at once.
      if (refuseByCallback(args, refusal)) return Object.assign(new EventEmitter(), { sql: refusedStatement })
      const replaced = typeof statement === 'string' ? refusedStatement : { sql: refusedStatement }
      return query.call(this, replaced)
    }
}

/** Connections and pools of mysql and mysql2; mariadb is seen at the wire. */
export function hookMysqlClass(guard: StatementGuard, exported: unknown): void {
  const prototype: unknown = (exported as { readonly prototype?: unknown } | undefined)?.prototype
  for (const name of ['query', 'execute']) patch(prototype, name, wrapQuery(guard, `mysql.${name}`))
}
