// Hooks replace functions of objects whose types they cannot know, so they work on plain functions and check what they find.

/** Any function. */
export type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

/** Marks our wrappers, so that two copies of a driver or a second start do not wrap twice. */
const wrapped = Symbol.for('sevenfold.wrapped')
const below = Symbol.for('sevenfold.below')
/** As `wrapped`, for what follows inputs on top of the agent's own hooks. */
const followed = Symbol.for('sevenfold.followed')

/** Functions outside of strict mode have them: what their present call is made with. */
const ofTheCall: ReadonlySet<string | symbol> = new Set(['arguments', 'caller'])

function keepIdentity(wrapper: AnyFunction, original: AnyFunction, mark: symbol): void {
  // Properties such as length and what util.promisify looks for are part of a function's contract. What `make` has set
  // itself stays: a promisified form of its own.
  for (const key of Reflect.ownKeys(original)) {
    if (ofTheCall.has(key)) continue
    const descriptor = Object.getOwnPropertyDescriptor(original, key)
    const isOwn = typeof key === 'symbol' && Object.hasOwn(wrapper, key)
    if (descriptor !== undefined && !isOwn) Object.defineProperty(wrapper, key, descriptor)
  }
  Object.defineProperty(wrapper, mark, { value: true })
}

/**
 * Replaces `holder[name]` by what `make` makes of it. Does nothing when it is no function or has been replaced before.
 * A plain closure: a Proxy costs three times as much a call.
 */
export function patch(holder: unknown, name: string, make: (original: AnyFunction) => AnyFunction): boolean {
  return patchOnce(holder, name, { make, mark: wrapped })
}

/** As `patch`, before it: what the agent's hooks then call. */
export function patchBelow(
  holder: unknown,
  name: string,
  make: (original: AnyFunction) => AnyFunction,
): boolean {
  return patchOnce(holder, name, { make, mark: below })
}

/** As `patch`, on top of it: what the agent has replaced is replaced once more. */
export function patchAbove(
  holder: unknown,
  name: string,
  make: (original: AnyFunction) => AnyFunction,
): boolean {
  return patchOnce(holder, name, { make, mark: followed })
}

interface Replacement {
  readonly make: (original: AnyFunction) => AnyFunction
  readonly mark: symbol
}

function patchOnce(holder: unknown, name: string, { make, mark }: Replacement): boolean {
  if ((typeof holder !== 'object' && typeof holder !== 'function') || holder === null) return false
  const descriptor = Object.getOwnPropertyDescriptor(holder, name)
  // Reading a getter of a package could load more of it; functions behind one are left alone.
  if (descriptor !== undefined && !('value' in descriptor)) return false
  if (descriptor?.configurable === false && descriptor.writable !== true) return false
  if (descriptor === undefined && !Object.isExtensible(holder)) return false
  const original = (holder as Record<string, unknown>)[name]
  if (typeof original !== 'function' || Object.hasOwn(original, mark)) return false
  const wrapper = make(original as AnyFunction)
  keepIdentity(wrapper, original as AnyFunction, mark)
  // An assignment keeps the attributes, and costs the start of a process a fraction of a definition.
  if (descriptor?.writable === true) (holder as Record<string, unknown>)[name] = wrapper
  else
    Object.defineProperty(holder, name, {
      ...(descriptor ?? { configurable: true, enumerable: false, writable: true }),
      value: wrapper,
    })
  return true
}

/** Delivers a refusal to a callback in the last argument, later, as the original would; false when there is none. */
export function refuseByCallback(args: readonly unknown[], error: Error): boolean {
  const callback = args.at(-1)
  if (typeof callback !== 'function') return false
  process.nextTick(callback, error)
  return true
}

/** A rejected promise that ends no process when the application never looks at it. */
export function rejected(refusal: Error): Promise<never> {
  const promise = Promise.reject(refusal)
  promise.catch(() => undefined) // marks it as looked at; what the application derives from it stays its own
  return promise
}
