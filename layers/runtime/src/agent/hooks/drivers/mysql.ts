import { EventEmitter } from 'node:events'
import { sqlDialects } from '../../lexers/sql-spans.ts'
import { comparedObjects, judgeOperands } from '../../judges/judge-operand.ts'
import { patch, refuseByCallback } from '../patch.ts'
import type { AnyFunction } from '../patch.ts'
import type { Guards } from './driver-hooks.ts'
import { refusedStatement } from './refused-statement.ts'

function textOf(statement: unknown): string | undefined {
  if (typeof statement === 'string') return statement
  const sql: unknown =
    typeof statement === 'object' && statement !== null && 'sql' in statement ? statement.sql : undefined
  return typeof sql === 'string' ? sql : undefined
}

function valuesIn(statement: unknown): unknown {
  return typeof statement === 'object' && statement !== null && 'values' in statement
    ? statement.values
    : undefined
}

function wrapQuery(
  { agent, guard }: Pick<Guards, 'agent' | 'guard'>,
  sink: string,
): (query: AnyFunction) => AnyFunction {
  return (query) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const [statement, values] = args
      const text = textOf(statement)
      if (text === undefined) return query.apply(this, args)
      const compared = comparedObjects(text, Array.isArray(values) ? values : valuesIn(statement))
      const refusal =
        (compared.length === 0
          ? null
          : agent.check(sink, (context) => judgeOperands(compared, context.bodies()))) ??
        guard.check({
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
export function hookMysqlClass(guards: Pick<Guards, 'agent' | 'guard'>, exported: unknown): void {
  const prototype: unknown = (exported as { readonly prototype?: unknown } | undefined)?.prototype
  for (const name of ['query', 'execute']) patch(prototype, name, wrapQuery(guards, `mysql.${name}`))
}
