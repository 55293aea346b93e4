import crypto from 'node:crypto'
import dns from 'node:dns'
import fs from 'node:fs'
import timers from 'node:timers'
import { exchanges } from '../exchanges.ts'
import { currentRequest } from '../request-context.ts'
import type { RequestContext } from '../request-context.ts'
import { patch } from './patch.ts'
import type { AnyFunction } from './patch.ts'

// Functions whose callback comes back from outside of JavaScript. Those that are hooked as sinks bind theirs as well.
const byLast: readonly [unknown, readonly string[]][] = [
  [
    fs,
    [
      'access',
      'close',
      'exists',
      'fstat',
      'lstat',
      'mkdtemp',
      'read',
      'readv',
      'realpath',
      'stat',
      'write',
      'writev',
    ],
  ],
  [dns, ['lookup', 'resolve', 'resolve4', 'resolve6', 'reverse']],
  [crypto, ['pbkdf2', 'scrypt', 'randomBytes', 'randomFill', 'randomInt', 'hkdf', 'generateKeyPair']],
]

function bindLast(original: AnyFunction): AnyFunction {
  return function (this: unknown, ...args: unknown[]): unknown {
    const last = args.length - 1
    if (typeof args[last] === 'function' && currentRequest.getStore() !== undefined)
      args[last] = currentRequest.bind(args[last])
    return original.apply(this, args)
  }
}

function bindFirst(original: AnyFunction): AnyFunction {
  return function (this: unknown, ...args: unknown[]): unknown {
    if (currentRequest.getStore() !== undefined) args[0] = currentRequest.bind(args[0])
    return original.apply(this, args)
  }
}

// What Node's streams and messages do later. Functions of Node itself, which are the same for all streams.
const namesOfStreams = new Set([
  'emitCloseNT',
  'emitErrorCloseNT',
  'emitErrorNT',
  'emitReadable_',
  'endReadableNT',
  'maybeReadMore_',
  'resume_',
])
const maxOfStreams = 64
const ofStreams = new Set<unknown>()
/** Asking for a name is slow, and nearly all of the others are one and the same function. */
let newestOther: unknown

function isOfStreams(callback: AnyFunction): boolean {
  if (ofStreams.has(callback)) return true
  if (callback === newestOther) return false
  if (namesOfStreams.has(callback.name) && ofStreams.size < maxOfStreams) {
    ofStreams.add(callback)
    return true
  }
  newestOther = callback
  return false
}

/** Messages and answers know their request, and their events are heard by code that works for it. */
function knowsItsRequest(value: unknown, current: RequestContext): boolean {
  if (value === current.request || value === current.response) return true
  return exchanges.find(value) !== undefined
}

/**
 * As `bindFirst`, without a closure: `nextTick` hands arguments on. Node itself calls it ten times a request, nearly always
 * for an event of a message.
 */
function bindTick(original: AnyFunction): AnyFunction {
  return function (this: unknown, ...args: unknown[]): unknown {
    const callback = args[0]
    const context = currentRequest.getStore()
    if (context === undefined || typeof callback !== 'function') return original.apply(this, args)
    if (
      args.length > 1 &&
      args.length <= 3 &&
      isOfStreams(callback as AnyFunction) &&
      (knowsItsRequest(args[1], context) || knowsItsRequest(args[2], context))
    )
      return original.apply(this, args)
    if (args.length === 1) return original.call(this, currentRequest.tick, context, callback)
    // One by one: V8 then need not make `args` at all.
    const rest: unknown[] = []
    for (let i = 1; i < args.length; i += 1) rest.push(args[i])
    return original.call(this, currentRequest.tick, context, callback, rest)
  }
}

/** Hands the request on to callbacks where promises do not carry it. */
export function hookFollowing(): void {
  currentRequest.follow()
  // Where Node follows by itself a bound function is the function, and nothing needs to be replaced.
  if (currentRequest.isFramed) return
  patch(process, 'nextTick', bindTick)
  for (const name of ['setTimeout', 'setInterval', 'setImmediate']) {
    patch(globalThis, name, bindFirst)
    patch(timers, name, bindFirst)
  }
  patch(globalThis, 'queueMicrotask', bindFirst)
  for (const [holder, names] of byLast) for (const name of names) patch(holder, name, bindLast)
}
