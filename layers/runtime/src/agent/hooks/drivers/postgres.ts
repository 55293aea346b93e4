import { sqlDialects } from '../../lexers/sql-spans.ts'
import type { RefusedError } from '../../refusal.ts'
import type { StatementGuard } from '../../statement-guard.ts'
import { patch, refuseByCallback, rejected } from '../patch.ts'
import type { AnyFunction } from '../patch.ts'
import { refusedStatement } from './refused-statement.ts'

interface QueryObject {
  text?: unknown
  readonly values?: unknown
  readonly submit?: unknown
  readonly callback?: unknown
  /** A cursor inside a stream of rows. */
  readonly cursor?: { text?: unknown }
}

function isObject(value: unknown): value is QueryObject {
  return typeof value === 'object' && value !== null
}

function textOf(config: unknown): string | undefined {
  if (typeof config === 'string') return config
  if (!isObject(config)) return undefined
  const text = config.text ?? config.cursor?.text
  return typeof text === 'string' ? text : undefined
}

/** Puts the refused statement in place of the text and lets the driver report. */
function replaceText(args: unknown[]): unknown[] {
  const [config, ...rest] = args
  if (!isObject(config)) return [refusedStatement, ...rest]
  if (typeof config.submit !== 'function') return [{ ...config, text: refusedStatement }, ...rest]
  if (config.text !== undefined) config.text = refusedStatement
  if (config.cursor !== undefined) config.cursor.text = refusedStatement
  return args
}

function refuse(self: unknown, args: unknown[], refusal: RefusedError): Promise<never> | true | undefined {
  const [config] = args
  const isSubmittable = isObject(config) && typeof config.submit === 'function'
  if (isSubmittable) return undefined
  if (refuseByCallback(args, refusal)) return true
  if (isObject(config) && typeof config.callback === 'function') {
    process.nextTick(config.callback, refusal)
    return true
  }
  // Clients since version 7 and every pg-pool know the promise they answer with; older ones answer with an emitter.
  const modern = self as { readonly _Promise?: unknown; readonly Promise?: unknown }
  return typeof modern._Promise === 'function' || typeof modern.Promise === 'function'
    ? rejected(refusal)
    : undefined
}

function wrapQuery(guard: StatementGuard, sink: string): (query: AnyFunction) => AnyFunction {
  return (query) =>
    function (this: unknown, ...args: unknown[]): unknown {
      const text = textOf(args[0])
      if (text === undefined) return query.apply(this, args)
      const values = Array.isArray(args[1]) ? args[1] : isObject(args[0]) ? args[0].values : undefined
      const refusal = guard.check({ sink, dialect: sqlDialects.postgres, text, values })
      if (refusal === null) return query.apply(this, args)
      const answer = refuse(this, args, refusal)
      if (answer === undefined) return query.apply(this, replaceText(args))
      return answer === true ? undefined : answer
    }
}

/** pg: `Client#query` and `Pool#query`. The pool is asked first because it may run a query in another request. */
export function hookPg(guard: StatementGuard, exported: unknown): void {
  const { Client, Pool } = exported as { readonly Client?: AnyFunction; readonly Pool?: AnyFunction }
  patch(Client?.prototype, 'query', wrapQuery(guard, 'pg.Client.query'))
  patch(Pool?.prototype, 'query', wrapQuery(guard, 'pg.Pool.query'))
}

/** pg-pool, also when it is used alone. */
export function hookPgPool(guard: StatementGuard, exported: unknown): void {
  patch((exported as AnyFunction).prototype, 'query', wrapQuery(guard, 'pg.Pool.query'))
}
