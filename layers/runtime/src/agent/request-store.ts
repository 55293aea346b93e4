import { AsyncLocalStorage } from 'node:async_hooks'
import { promiseHooks } from 'node:v8'

/** Knows, at any moment, for whom the running code works. */
export interface Store<T extends object> {
  /** True when Node itself follows callbacks. */
  readonly isFramed: boolean
  /** What the running code works for; undefined outside of `run`. */
  getStore(): T | undefined
  /** Runs a function, and what it starts, for something. */
  run<R>(value: T, call: () => R): R
  /**
   * As `run`, or as `exit` for undefined, for a method: a closure for each of thousands of calls would keep the garbage
   * collector busy.
   */
  call(value: T | undefined, method: Method, self: unknown, args: unknown[]): unknown // oxlint-disable-line max-params -- see above
  /** Runs a function for nobody. */
  exit<R>(call: () => R): R
  /** A callback that runs for what the code works for now. The function itself outside of `run`. */
  bind<F>(callback: F): F
  /** Runs what `nextTick` was given, for something; handed to it in place of a bound callback. */
  readonly tick: (value: T, callback: Method, args: unknown[] | undefined) => void
  /** Begins to follow promises and callbacks. Once for each thread, before the first `run` that waits. */
  follow(): void
}

type Method = (this: unknown, ...args: unknown[]) => unknown

/**
 * Follows promises by V8's own hooks and callbacks by binding them where they are handed over. Before Node 24 an
 * `AsyncLocalStorage` switches on Node's bookkeeping for every asynchronous resource, which costs a request that makes
 * many promises several times as much as all of the agent's questions. Events of sockets that were opened before
 * the request are followed by neither; `inFlight` answers for them.
 *
 * A closure and not a class: the value is read and written hundreds of times a request, and a variable costs less than a
 * private field.
 */
function hookedStore<T extends object>(): Store<T> {
  const key = Symbol('sevenfold.store')
  let current: T | undefined
  let isFollowing = false
  return {
    isFramed: false,
    getStore: () => current,
    run(value, call) {
      const before = current
      current = value
      try {
        return call()
      } finally {
        current = before
      }
    },
    call(value, method, self, args) {
      const before = current
      current = value
      try {
        return method.apply(self, args)
      } finally {
        current = before
      }
    },
    tick(value, callback, args) {
      const before = current
      current = value
      try {
        if (args === undefined) callback()
        else callback(...args)
      } finally {
        current = before
      }
    },
    exit(call) {
      const before = current
      current = undefined
      try {
        return call()
      } finally {
        current = before
      }
    },
    bind(callback) {
      const value = current
      if (value === undefined || typeof callback !== 'function') return callback
      const bound = function (this: unknown, ...args: unknown[]): unknown {
        const before = current
        current = value
        try {
          return (callback as unknown as Method).apply(this, args)
        } finally {
          current = before
        }
      }
      return bound as typeof callback
    },
    follow() {
      if (isFollowing) return
      isFollowing = true
      // Reactions do not nest, except in contexts with a queue of their own: one saved value is enough.
      let before: T | undefined
      promiseHooks.createHook({
        init: (promise) => {
          if (current !== undefined) (promise as unknown as { [key]?: T })[key] = current
        },
        before: (promise) => {
          before = current
          current = (promise as unknown as { [key]?: T })[key]
        },
        after: () => {
          current = before
        },
      })
    },
  }
}

/** Where Node keeps the context in the frame of V8 itself, its own storage costs nearly nothing. */
class FramedStore<T extends object> implements Store<T> {
  readonly isFramed = true
  readonly #storage = new AsyncLocalStorage<T>()

  getStore(): T | undefined {
    return this.#storage.getStore()
  }

  run<R>(value: T, call: () => R): R {
    return this.#storage.run(value, call)
  }

  call(value: T | undefined, method: Method, self: unknown, args: unknown[]): unknown {
    return value === undefined
      ? this.#storage.exit(() => method.apply(self, args))
      : this.#storage.run(value, () => method.apply(self, args))
  }

  readonly tick = (value: T, callback: Method, args: unknown[] | undefined): void => {
    this.#storage.run(value, () => callback(...(args ?? [])))
  }

  exit<R>(call: () => R): R {
    return this.#storage.exit(call)
  }

  bind<F>(callback: F): F {
    return callback
  }

  follow(): void {
    // Node follows by itself.
  }
}

/** True where Node's storage is carried by V8 (Node 24 and newer, unless switched off). */
function hasFrames(): boolean {
  const options = [...process.execArgv, ...(process.env['NODE_OPTIONS'] ?? '').split(' ')]
  const major = Number(process.versions.node.split('.')[0])
  return major >= 24
    ? !options.includes('--no-async-context-frame')
    : options.includes('--experimental-async-context-frame')
}

/** Makes the store that costs least on this version of Node. */
export function createStore<T extends object>(): Store<T> {
  return hasFrames() ? new FramedStore<T>() : hookedStore<T>()
}
