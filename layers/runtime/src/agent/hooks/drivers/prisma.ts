import { sqlDialects } from '../../lexers/sql-spans.ts'
import type { StatementGuard } from '../../statement-guard.ts'
import { patch, rejected } from '../patch.ts'

/** Prisma's engine speaks to the database by itself; its two functions that take a whole statement are asked here. */
export function hookPrisma(guard: StatementGuard, exported: unknown): void {
  patch(
    exported,
    'getPrismaClient',
    (original) =>
      function (this: unknown, ...args: unknown[]): unknown {
        const client = original.apply(this, args)
        const prototype: unknown = (client as { readonly prototype?: unknown }).prototype
        for (const name of ['$queryRawUnsafe', '$executeRawUnsafe'])
          patch(
            prototype,
            name,
            (run) =>
              function (this: unknown, ...call: unknown[]): unknown {
                const [text, ...values] = call
                if (typeof text !== 'string') return run.apply(this, call)
                const refusal = guard.check({
                  sink: `prisma.${name}`,
                  dialect: sqlDialects.postgres,
                  text,
                  values,
                })
                return refusal === null ? run.apply(this, call) : rejected(refusal)
              },
          )
        return client
      },
  )
}
