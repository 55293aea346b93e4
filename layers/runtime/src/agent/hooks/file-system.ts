import fs from 'node:fs'
import path from 'node:path'
import { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Agent } from '../agent.ts'
import { isClimbing, isPlainAbsolute, judgePath, leftItsBase } from '../judges/judge-path.ts'
import type { ProfileKeeper } from '../profile/profile-keeper.ts'
import type { RefusedError } from '../refusal.ts'
import { currentRequest, isServing } from '../request-context.ts'
import type { RequestContext } from '../request-context.ts'
import { patch, refuseByCallback, rejected } from './patch.ts'
import type { AnyFunction } from './patch.ts'

/**
 * Functions that read or change what a path names, with the number of paths they take. Questions such as stat and
 * exists stay open: servers of static files ask them about hostile paths and then answer 404 by themselves.
 */
const fileFunctions: Readonly<Record<string, number>> = {
  appendFile: 1,
  chmod: 1,
  chown: 1,
  copyFile: 2,
  cp: 2,
  link: 2,
  mkdir: 1,
  open: 1,
  opendir: 1,
  readFile: 1,
  readdir: 1,
  readlink: 1,
  rename: 2,
  rm: 1,
  rmdir: 1,
  symlink: 2,
  truncate: 1,
  unlink: 1,
  utimes: 1,
  writeFile: 1,
}

/**
 * Those that run code of the application: a filter, a text that is made piece by piece. Of the others nobody needs to
 * follow the thirty promises that Node makes; who awaits the result is followed by its own.
 */
const runsOthers: ReadonlySet<string> = new Set(['appendFile', 'cp', 'writeFile'])

function pathOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (value instanceof URL) return value.protocol === 'file:' ? fileURLToPath(value) : undefined
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : undefined
}

/** Is the path surely none of the request's inputs? Cheaper to know than what the judge needs. */
function isOwnPath(context: RequestContext, path: string): boolean {
  return isPlainAbsolute(path) && context.joined().size === 0 && !context.mayHold(path)
}

function createCheck(
  agent: Agent,
  keeper: ProfileKeeper,
): (sink: string, args: readonly unknown[], paths: number) => RefusedError | null {
  const judge = (sink: string, path: string): RefusedError | null =>
    agent.check(sink, (context) =>
      isOwnPath(context, path) ? null : judgePath(path, context.inputs(), context.joined()),
    )
  return (sink, args, paths) => {
    if (!isServing() || agent.mode === 'off') return null
    for (let i = 0; i < paths; i += 1) {
      const path = pathOf(args[i])
      if (path === undefined) continue
      if (agent.observer !== undefined) agent.observe({ kind: 'file', sink, text: path })
      const refusal = judge(sink, path) ?? keeper.checkFile(sink, path)
      if (refusal !== null) return refusal
    }
    return null
  }
}

function failedStream(error: Error, isReadable: boolean): Readable | Writable {
  return isReadable
    ? new Readable({
        read(): void {
          this.destroy(error)
        },
      })
    : new Writable({
        write(_chunk, _encoding, done): void {
          done(error)
        },
      })
}

function hookFunctions(agent: Agent, keeper: ProfileKeeper): void {
  const check = createCheck(agent, keeper)
  for (const [name, paths] of Object.entries(fileFunctions)) {
    // Named once: a text that is put together at each call is work at each call.
    // Where Node follows by itself, leaving a request costs more than staying in it.
    const isFollowed = currentRequest.isFramed || runsOthers.has(name)
    const sinks = { callback: `fs.${name}`, sync: `fs.${name}Sync`, promise: `fs.promises.${name}` }
    patch(
      fs,
      name,
      (original) =>
        function (this: unknown, ...args: unknown[]): unknown {
          const refusal = check(sinks.callback, args, paths)
          if (refusal !== null && refuseByCallback(args, refusal)) return undefined
          const last = args.length - 1
          if (typeof args[last] === 'function') args[last] = currentRequest.bind(args[last])
          return original.apply(this, args)
        },
    )
    patch(
      fs,
      `${name}Sync`,
      (original) =>
        function (this: unknown, ...args: unknown[]): unknown {
          const refusal = check(sinks.sync, args, paths)
          if (refusal !== null) throw refusal
          return original.apply(this, args)
        },
    )
    patch(
      fs.promises,
      name,
      (original) =>
        function (this: unknown, ...args: unknown[]): unknown {
          const refusal = check(sinks.promise, args, paths)
          if (refusal !== null) return rejected(refusal)
          return isFollowed || currentRequest.getStore() === undefined
            ? original.apply(this, args)
            : currentRequest.call(undefined, original, this, args)
        },
    )
  }
  for (const [name, isReadable] of [
    ['createReadStream', true],
    ['createWriteStream', false],
  ] as const) {
    patch(
      fs,
      name,
      (original) =>
        function (this: unknown, ...args: unknown[]): unknown {
          const refusal = check(`fs.${name}`, args, 1)
          return refusal === null ? original.apply(this, args) : failedStream(refusal, isReadable)
        },
    )
  }
}

/** Remembers results of joining that left their base through an input: the file function only sees the result. */
function hookJoining(agent: Agent): void {
  const note = (original: AnyFunction): AnyFunction =>
    function (this: unknown, ...args: unknown[]): unknown {
      const context = currentRequest.getStore()
      // Node itself joins thousands of paths while modules are loaded.
      if (context === undefined) return original.apply(this, args)
      const result = original.apply(this, args)
      let isWorth = false
      for (let i = 0; i < args.length; i += 1) {
        const arg = args[i]
        if (
          typeof arg === 'string' &&
          (i > 0 || args.length === 1) &&
          (isClimbing(arg) || (i > 0 && arg.startsWith('/')))
        )
          isWorth = true
      }
      if (!isWorth || typeof result !== 'string' || agent.mode === 'off') return result
      try {
        if (leftItsBase(args.map(String), result, context.inputs())) context.addJoined(result)
      } catch (error) {
        agent.fault(error, 'path')
      }
      return result
    }
  for (const name of ['join', 'resolve', 'normalize']) patch(path, name, note)
}

/** Files and folders. */
export function hookFileSystem(agent: Agent, keeper: ProfileKeeper): void {
  hookJoining(agent)
  hookFunctions(agent, keeper)
}
