import { judgeFilter } from '../../judges/judge-filter.ts'
import { isServing } from '../../request-context.ts'
import { patch, refuseByCallback, rejected } from '../patch.ts'
import type { AnyFunction } from '../patch.ts'
import type { Guards } from './driver-hooks.ts'

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
  'ids',
]

/** Functions whose first argument is kept. */
const keeping = ['insert', 'insertOne', 'insertMany', 'insertAll', 'save']
/** Those of the choosing ones whose second argument is kept. */
const changing = /^(?:update|replace|findOneAnd(?:Update|Replace))/

/** A filter that the server refuses, for whatever of a cursor is not named below. */
const refusedFilter = { $sevenfoldRefused: true }

/** How the documents of a cursor are read, in any version of the drivers. */
const reading = [
  'toArray',
  'next',
  'tryNext',
  'hasNext',
  'nextObject',
  'each',
  'forEach',
  'explain',
  'count',
  'exec',
  'then',
]

const maxDepth = 8
const maxStrings = 64

function stringsIn(value: unknown, into: string[] = [], depth: number = 0): readonly string[] {
  if (depth > maxDepth || into.length >= maxStrings) return into
  if (typeof value === 'string') into.push(value)
  else if (typeof value === 'object' && value !== null)
    for (const child of Object.values(value)) stringsIn(child, into, depth + 1)
  return into
}

/** A cursor that gives the refusal wherever its documents are read; what only shapes it works as before. */
function refusedCursor(cursor: unknown, refusal: Error): unknown {
  if (typeof cursor !== 'object' || cursor === null) return cursor
  const own = cursor as Record<string, unknown>
  for (const name of reading) {
    if (typeof own[name] !== 'function') continue
    const give: AnyFunction =
      name === 'then'
        ? (...args) => Promise.reject(refusal).then(...(args as [AnyFunction, AnyFunction]))
        : (...args) => (refuseByCallback(args, refusal) ? undefined : rejected(refusal))
    Object.defineProperty(cursor, name, { value: give, configurable: true, writable: true })
  }
  if (Symbol.asyncIterator in cursor)
    Object.defineProperty(cursor, Symbol.asyncIterator, {
      value: () => ({ next: () => rejected(refusal) }),
      configurable: true,
    })
  return cursor
}

function checkFilter({ agent }: Guards, sink: string, filter: unknown): Error | null {
  return typeof filter !== 'object' || filter === null
    ? null
    : agent.check(sink, (context) => judgeFilter(filter, context.bodies(), context.inputs()))
}

function hookKeeping({ agent, stored }: Guards, prototype: unknown): void {
  for (const name of keeping) {
    patch(
      prototype,
      name,
      (original) =>
        function (this: unknown, ...args: unknown[]): unknown {
          if (agent.mode !== 'off' && isServing())
            for (const text of stringsIn(args[0])) stored.remember(text)
          return original.apply(this, args)
        },
    )
  }
}

function hookChoosing(guards: Guards, prototype: unknown, product: string): void {
  for (const name of choosing) {
    patch(
      prototype,
      name,
      (original) =>
        function (this: unknown, ...args: unknown[]): unknown {
          const { agent, stored } = guards
          const refusal = checkFilter(guards, `${product}.${name}`, args[0])
          if (refusal !== null) return refuseByCallback(args, refusal) ? undefined : rejected(refusal)
          if (agent.mode !== 'off' && changing.test(name) && isServing())
            for (const text of stringsIn(args[1])) stored.remember(text)
          return original.apply(this, args)
        },
    )
  }
}

function hookDocuments(guards: Guards, prototype: unknown, product: string): void {
  hookChoosing(guards, prototype, product)
  hookKeeping(guards, prototype)
  for (const name of ['find', 'aggregate'] as const) {
    const refused = name === 'find' ? refusedFilter : [{ $match: refusedFilter }]
    patch(
      prototype,
      name,
      (original) =>
        function (this: unknown, ...args: unknown[]): unknown {
          const refusal = checkFilter(guards, `${product}.${name}`, args[0])
          if (refusal === null) return original.apply(this, args)
          if (refuseByCallback(args, refusal)) return undefined
          return refusedCursor(original.call(this, refused, ...args.slice(1)), refusal)
        },
    )
  }
}

/** Collections of the mongodb driver, on which mongoose and others stand, and of marsdb. */
export function hookMongodb(guards: Guards, exported: unknown): void {
  const { Collection } = exported as { readonly Collection?: AnyFunction }
  hookDocuments(guards, Collection?.prototype, 'mongodb')
}

/** nedb: the package is the class of its collections. */
export function hookDatastore(guards: Guards, exported: unknown): void {
  hookDocuments(guards, (exported as AnyFunction | undefined)?.prototype, 'nedb')
}
