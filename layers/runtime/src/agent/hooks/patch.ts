// Hooks replace functions of objects whose types they cannot know, so they work on plain functions and check what they find.

/** Any function. */
export type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

/** Marks our wrappers, so that two copies of a driver or a second start do not wrap twice. */
const wrapped = Symbol.for('sevenfold.wrapped')

function keepIdentity(wrapper: AnyFunction, original: AnyFunction): void {
  // Properties such as util.promisify.custom and length are part of a function's contract.
  Object.defineProperties(wrapper, Object.getOwnPropertyDescriptors(original))
  Object.defineProperty(wrapper, wrapped, { value: true })
}

/**
 * Replaces `holder[name]` by what `make` makes of it. Does nothing when it is no function or has been replaced before.
 * A plain closure: a Proxy costs three times as much a call.
 */
export function patch(holder: unknown, name: string, make: (original: AnyFunction) => AnyFunction): boolean {
  if ((typeof holder !== 'object' && typeof holder !== 'function') || holder === null) return false
  const object = holder as Record<string, unknown>
  const original = object[name]
  if (typeof original !== 'function' || wrapped in original) return false
  const wrapper = make(original as AnyFunction)
  keepIdentity(wrapper, original as AnyFunction)
  const descriptor = Object.getOwnPropertyDescriptor(object, name)
  if (descriptor?.configurable === false && descriptor.writable !== true) return false
  Object.defineProperty(object, name, {
    ...(descriptor ?? { configurable: true, enumerable: true }),
    value: wrapper,
    writable: true,
    ...{},
  })
  return true
}

/** Delivers a refusal to a callback in the last argument, later, as the original would; false when there is none. */
export function refuseByCallback(args: readonly unknown[], error: Error): boolean {
  const callback = args.findLast((arg) => typeof arg === 'function') as AnyFunction | undefined
  if (callback === undefined) return false
  process.nextTick(callback, error)
  return true
}
