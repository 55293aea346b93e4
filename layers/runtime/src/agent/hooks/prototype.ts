import type { Agent } from '../agent.ts'
import { finding } from '../attack.ts'
import { currentRequest } from '../request-context.ts'
import type { RequestContext } from '../request-context.ts'

// Names of Object.prototype before any request; what a library adds at its load is not enumerable or stays.
const known = new Set<PropertyKey>(Reflect.ownKeys(Object.prototype))

const builtInPrototypes = new Set<unknown>([Object.prototype, Array.prototype, Function.prototype])

// How an input writes the way to a prototype over its constructor, as it came or percent-encoded.
const way = /constructor(?:[.[\]/"':\s{]|%5b|%5d|%2e|%22){1,12}prototype/i

/** True for a text that names the way to a prototype over `constructor`. Most texts do not even hold the word. */
export function namesConstructorWay(text: string): boolean {
  return text.includes('constructor') && way.test(text)
}

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

const constructorOf: PropertyDescriptor | undefined = Object.getOwnPropertyDescriptor(
  Object.prototype,
  'constructor',
)
/** Requests that name the way over `constructor` and have not been answered; nearly always none. */
const armed = new Set<RequestContext>()
const maxArmed = 64

/** Stands for the constructor of a plain object: its prototype is nobody's. */
function decoy(agent: Agent): unknown {
  // An arrow function, because it has no `prototype` of its own that could not be replaced.
  return Object.defineProperty(() => ({}), 'prototype', {
    get(): unknown {
      const refusal = agent.check('Object.prototype.constructor', () =>
        finding('prototype-pollution', 'constructor.prototype', 'an input reaches for a built-in prototype'),
      )
      return refusal === null ? Object.prototype : Object.create(null)
    },
  })
}

/**
 * While a request that names `constructor` and `prototype` is served, the constructor of a plain object is a decoy to it.
 * Between such requests Object.prototype is as it was: an accessor there would cost every object a little.
 */
export function guardConstructor(agent: Agent, context: RequestContext): void {
  if (constructorOf?.configurable !== true || agent.mode !== 'enforce' || armed.size >= maxArmed) return
  // A message has no answer whose end would tell when to stop.
  if (armed.has(context) || context.request.method === 'MESSAGE') return
  armed.add(context)
  context.response.once('close', () => releaseConstructor(context))
  if (armed.size > 1) return
  // oxlint-disable-next-line no-extend-native -- the property exists; it is guarded for a while
  Object.defineProperty(Object.prototype, 'constructor', {
    configurable: true,
    enumerable: false,
    get(this: unknown): unknown {
      const serving = this === Object.prototype ? undefined : currentRequest.getStore()
      return serving !== undefined && armed.has(serving) ? decoy(agent) : Object
    },
    set(this: unknown, value: unknown) {
      // As an assignment to a data property that is inherited.
      Reflect.defineProperty(this as object, 'constructor', {
        value,
        writable: true,
        enumerable: true,
        configurable: true,
      })
    },
  })
}

/** The request was answered or given up: Object.prototype is as it was once no other one needs it. */
function releaseConstructor(context: RequestContext): void {
  if (!armed.delete(context) || armed.size > 0 || constructorOf === undefined) return
  // oxlint-disable-next-line no-extend-native -- as it was
  Object.defineProperty(Object.prototype, 'constructor', constructorOf)
}

/** Did the name of a property come with a request, alone or as a step of a path? */
function brings(context: RequestContext, name: string): boolean {
  const inputs = context.raw()
  if (inputs.has(name)) return true
  for (const input of inputs)
    if (input.includes(name) && (input.includes('prototype') || input.includes('__proto__'))) return true
  return false
}

/** Removes what a request left on Object.prototype: an enumerable property whose name came with it. */
export function removePollution(agent: Agent, context: RequestContext): void {
  // `for in` over an empty object is the cheapest look at a clean prototype.
  for (const name in {}) {
    if (known.has(name) || !brings(context, name)) continue
    const refusal = agent.object(
      finding('prototype-pollution', name, 'a request left a property on Object.prototype'),
      'Object.prototype',
      context,
    )
    if (refusal !== null) Reflect.deleteProperty(Object.prototype, name)
  }
}
