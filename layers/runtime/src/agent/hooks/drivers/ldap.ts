import type { Agent } from '../../agent.ts'
import { judgeLdap } from '../../judges/judge-ldap.ts'
import { patch, rejected } from '../patch.ts'
import type { AnyFunction } from '../patch.ts'

interface SearchOptions {
  readonly filter?: unknown
}

function filterIn(args: readonly unknown[]): string | undefined {
  const options = args[1] as SearchOptions | string | null | undefined
  const filter = typeof options === 'object' && options !== null ? options.filter : undefined
  if (typeof filter === 'string') return filter
  // ldapjs and ldapts parse filters to objects that write themselves.
  return typeof filter === 'object' && filter !== null ? `${filter as { toString(): string }}` : undefined
}

/** `Client#search` of ldapjs and ldapts, `search` of ldap-client: callback first, promise otherwise. */
export function hookLdap(agent: Agent, exported: unknown): void {
  const { Client } = exported as { readonly Client?: AnyFunction }
  for (const holder of [Client?.prototype, (exported as AnyFunction).prototype as unknown])
    patch(
      holder,
      'search',
      (original) =>
        function (this: unknown, ...args: unknown[]): unknown {
          const filter = filterIn(args)
          if (filter === undefined) return original.apply(this, args)
          agent.observe({ kind: 'filter', sink: 'ldap.search', text: filter })
          const refusal = agent.check('ldap.search', (context) => judgeLdap(filter, context.inputs()))
          if (refusal === null) return original.apply(this, args)
          const callback = args.findLast((arg) => typeof arg === 'function') as AnyFunction | undefined
          if (callback === undefined) return rejected(refusal)
          process.nextTick(callback, refusal)
          return undefined
        },
    )
}
