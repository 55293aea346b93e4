import Module from 'node:module'
import { fileURLToPath } from 'node:url'
import vm from 'node:vm'
import { patchAbove } from '../agent/hooks/patch.ts'
import { findSecrets } from './configuration.ts'
import { unfollowed } from './follow-strings.ts'
import { isOwnSource } from './is-own-source.ts'
import { placesOf } from './place-of.ts'
import { rewriteSource } from './rewrite-source.ts'
import type { Weakness } from './weakness.ts'

interface LoadResult {
  readonly format?: string
  source?: unknown
}

/** What newer Node versions offer besides; see https://nodejs.org/api/module.html#moduleregisterhooksoptions. */
interface HookingModule {
  registerHooks?(hooks: {
    load(url: string, context: unknown, next: (url: string, context: unknown) => LoadResult): LoadResult
  }): void
}

/** Rewrites one source; gives it back as it is when the result would not compile. */
export function prepareSource(source: string, file: string, isModule: boolean): string {
  const places = placesOf(file, source)
  const rewritten = rewriteSource(source, places)
  if (rewritten === source || isModule) return rewritten
  const script = new vm.Script(Module.wrap(rewritten), { filename: file })
  return script === undefined ? source : rewritten
}

/** What sources are followed with. */
export interface FollowSourcesOptions {
  readonly add: (weakness: Weakness) => void
  readonly onFault: (error: unknown) => void
  /** URL of `module-thread.js`. */
  readonly threadUrl: URL
}

/** Rewrites the application's own sources as they are loaded, and looks for secrets in them. */
export function followSources({ add, onFault, threadUrl }: FollowSourcesOptions): void {
  const read = (source: string, file: string, isModule: boolean): string => {
    if (!isOwnSource(file)) return source
    try {
      return unfollowed(() => {
        const places = placesOf(file, source)
        for (const { index, what } of findSecrets(source))
          add({ name: 'hard-coded-secret', sink: 'source', place: places(index), detail: what, request: '' })
        return prepareSource(source, file, isModule)
      })
    } catch (error) {
      onFault(error) // a source that is not understood stays as it is
      return source
    }
  }
  patchAbove(
    Module.prototype,
    '_compile',
    (compile) =>
      function (this: unknown, ...args: unknown[]): unknown {
        const [source, file, ...rest] = args
        if (typeof source !== 'string' || typeof file !== 'string') return compile.apply(this, args)
        return compile.call(this, read(source, file, false), file, ...rest)
      },
  )
  const hooking = Module as unknown as HookingModule
  // Before Node 22.15 only a thread of its own may change ECMAScript modules.
  if (hooking.registerHooks === undefined) Module.register(threadUrl)
  hooking.registerHooks?.({
    load(url, context, next) {
      const result = next(url, context)
      if (
        result.format !== 'module' ||
        !url.startsWith('file:') ||
        result.source === undefined ||
        result.source === null
      )
        return result
      const text =
        typeof result.source === 'string'
          ? result.source
          : Buffer.from(result.source as Uint8Array).toString('utf8')
      return { ...result, source: read(text, fileURLToPath(url), true) }
    },
  })
}
