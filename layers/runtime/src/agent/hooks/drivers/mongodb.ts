import type { Agent } from '../../agent.ts'
import { judgeFilter } from '../../judges/judge-filter.ts'
import { patch, refuseByCallback, rejected } from '../patch.ts'
import type { AnyFunction } from '../patch.ts'

/** Functions whose first argument chooses documents and that answer with a promise or a callback. */
const choosing = [
  'findOne',
  'findOneAndUpdate',
  'findOneAndDelete',
  'findOneAndReplace',
  'findAndModify',
  'findAndRemove',
  'updateOne',
  'updateMany',
  'update',
  'deleteOne',
  'deleteMany',
  'remove',
  'replaceOne',
  'count',
  'countDocuments',
]

/** A filter that the server refuses, for functions that answer with a cursor. */
const refusedFilter = { $sevenfoldRefused: true }

/** Collections of the mongodb driver; mongoose and others stand on it. */
export function hookMongodb(agent: Agent, exported: unknown): void {
  const prototype: unknown = (exported as { readonly Collection?: AnyFunction }).Collection?.prototype
  const check = (name: string, filter: unknown): Error | null =>
    typeof filter !== 'object' || filter === null
      ? null
      : agent.check(`mongodb.${name}`, (context) => judgeFilter(filter, context.bodies(), context.inputs()))
  for (const name of choosing) {
    patch(
      prototype,
      name,
      (original) =>
        function (this: unknown, ...args: unknown[]): unknown {
          const refusal = check(name, args[0])
          if (refusal === null) return original.apply(this, args)
          return refuseByCallback(args, refusal) ? undefined : rejected(refusal)
        },
    )
  }
  for (const [name, refused] of [
    ['find', refusedFilter],
    ['aggregate', [{ $match: refusedFilter }]],
  ] as const) {
    patch(
      prototype,
      name,
      (original) =>
        function (this: unknown, ...args: unknown[]): unknown {
          return check(name, args[0]) === null
            ? original.apply(this, args)
            : original.call(this, refused, ...args.slice(1))
        },
    )
  }
}
