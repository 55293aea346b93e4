import { sqlDialects } from '../../lexers/sql-spans.ts'
import type { SqlDialect } from '../../lexers/sql-spans.ts'
import type { StatementGuard } from '../../statement-guard.ts'
import { patch, rejected } from '../patch.ts'
import type { AnyFunction } from '../patch.ts'

const dialects: Readonly<Record<string, SqlDialect>> = {
  postgresql: sqlDialects.postgres,
  postgres: sqlDialects.postgres,
  cockroachdb: sqlDialects.postgres,
  mysql: sqlDialects.mysql,
  sqlite: sqlDialects.sqlite,
  sqlserver: sqlDialects.sqlite,
}

interface Fragment {
  readonly sql?: unknown
  readonly text?: unknown
}

/** A statement as it is handed over: a text, the parts of a template, or parts that were put together before. */
function textOf([statement, ...values]: readonly unknown[]): string | undefined {
  if (typeof statement === 'string') return statement
  if (typeof statement !== 'object' || statement === null) return undefined
  if (!Array.isArray(statement)) {
    const { sql, text } = statement as Fragment
    return typeof sql === 'string' ? sql : typeof text === 'string' ? text : undefined
  }
  return (statement as readonly unknown[])
    .map((part, i) => {
      const { sql } = (values[i] ?? {}) as Fragment
      // What `Prisma.raw` made becomes part of the text; every other value is bound.
      return i + 1 === statement.length
        ? String(part)
        : `${String(part)}${typeof sql === 'string' ? sql : '?'}`
    })
    .join('')
}

function hookClient(guard: StatementGuard, prototype: unknown, dialect: SqlDialect): void {
  for (const name of ['$queryRawUnsafe', '$executeRawUnsafe', '$queryRaw', '$executeRaw'])
    patch(
      prototype,
      name,
      (run) =>
        function (this: unknown, ...call: unknown[]): unknown {
          const text = textOf(call)
          if (text === undefined) return run.apply(this, call)
          const refusal = guard.check({ sink: `prisma.${name}`, dialect, text, values: call.slice(1) })
          return refusal === null ? run.apply(this, call) : rejected(refusal)
        },
    )
}

/**
 * Prisma's native engines speak to the database by themselves, so its functions that take a statement are asked here.
 * The run-time file exports its function for making a client behind a getter: it is exported anew with another one.
 */
export function hookPrisma(
  guard: StatementGuard,
  exported: unknown,
  replace: (value: unknown) => void,
): void {
  const { getPrismaClient } = exported as { readonly getPrismaClient?: AnyFunction }
  if (typeof getPrismaClient !== 'function') return
  const make: AnyFunction = function (this: unknown, ...args: unknown[]): unknown {
    const client = getPrismaClient.apply(this, args)
    const { activeProvider } = (args[0] ?? {}) as { readonly activeProvider?: string }
    const dialect = dialects[activeProvider ?? ''] ?? sqlDialects.postgres
    hookClient(guard, (client as { readonly prototype?: unknown }).prototype, dialect)
    return client
  }
  const descriptors: Record<PropertyKey, PropertyDescriptor> = Object.getOwnPropertyDescriptors(exported)
  replace(
    Object.defineProperties(
      {},
      { ...descriptors, getPrismaClient: { value: make, enumerable: true, configurable: true } },
    ),
  )
}
