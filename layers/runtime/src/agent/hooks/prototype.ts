import type { Agent } from '../agent.ts'
import { finding } from '../attack.ts'
import { currentRequest } from '../request-context.ts'
import type { RequestContext } from '../request-context.ts'

// Names of Object.prototype before any request; what a library adds at its load is not enumerable or stays.
const known = new Set<PropertyKey>(Reflect.ownKeys(Object.prototype))

const builtInPrototypes = new Set<unknown>([Object.prototype, Array.prototype, Function.prototype])

function namesPrototype(context: RequestContext): boolean {
  for (const input of context.raw()) if (input.includes('__proto__')) return true
  return false
}

/**
 * Reading `x['__proto__']` within a request that names it gives an empty object in place of a built-in prototype:
 * what is written there reaches nobody. The syntax `{ __proto__: x }` does not come here.
 */
export function hookPrototype(agent: Agent): void {
  const descriptor = Object.getOwnPropertyDescriptor(Object.prototype, '__proto__')
  const { get, set } = descriptor ?? {}
  if (get === undefined || set === undefined || descriptor?.configurable !== true) return
  // oxlint-disable-next-line no-extend-native -- the accessor exists; it is guarded and not added
  Object.defineProperty(Object.prototype, '__proto__', {
    ...descriptor,
    get(this: unknown): unknown {
      const prototype: unknown = get.call(this)
      if (agent.mode === 'off' || !builtInPrototypes.has(prototype)) return prototype
      const context = currentRequest.getStore()
      if (context === undefined) return prototype
      const refusal = agent.check('Object.prototype.__proto__', () =>
        namesPrototype(context)
          ? finding('prototype-pollution', '__proto__', 'an input reaches for a built-in prototype')
          : null,
      )
      return refusal === null ? prototype : Object.create(null)
    },
  })
}

/** Removes what a request left on Object.prototype: an enumerable property whose name came with it. */
export function removePollution(agent: Agent, context: RequestContext): void {
  // `for in` over an empty object is the cheapest look at a clean prototype.
  for (const name in {}) {
    if (known.has(name) || !context.raw().has(name)) continue
    const refusal = agent.object(
      finding('prototype-pollution', name, 'a request left a property on Object.prototype'),
      'Object.prototype',
      context,
    )
    if (refusal !== null) Reflect.deleteProperty(Object.prototype, name)
  }
}
