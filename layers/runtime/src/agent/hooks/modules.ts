import { readFileSync } from 'node:fs'
import Module from 'node:module'
import { sep } from 'node:path'
import { judgeModule } from '../judges/judge-module.ts'
import { runsModule } from '../main-file.ts'
import { isServing } from '../request-context.ts'
import { driverHooks, hookFor, packageOf } from './drivers/driver-hooks.ts'
import type { Guards, PackageFile } from './drivers/driver-hooks.ts'
import { lateBuiltins, lateName } from './builtins.ts'
import { patch } from './patch.ts'
import { rewrittenSource } from './rewritten-source.ts'

interface LoadedModule {
  readonly filename?: string | null
  exports: unknown
}

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

function sourceOf(file: string | null | undefined): string {
  if (file === null || file === undefined) return ''
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // a module without a file cannot say which modules it names
  }
}

/** True for files of the package in a folder itself, and not of one that it brings along. */
function isDirectlyIn(folder: string, filename: string): boolean {
  return !filename.includes('node_modules', folder.length)
}

function hookLoading(guards: Guards): void {
  const { agent } = guards
  const hooks = driverHooks(guards)
  const apply = (loaded: LoadedModule, found: PackageFile): void => {
    try {
      hookFor(hooks, found)?.(loaded.exports, (value) => {
        loaded.exports = value
      })
    } catch (error) {
      agent.fault(error, 'module.load')
    }
  }
  // Modules that were loaded before the agent: an agent of somebody else, or `protect` called late.
  const cache = (
    Module as unknown as { readonly _cache?: Readonly<Record<string, LoadedModule | undefined>> }
  )._cache
  for (const [filename, loaded] of Object.entries(cache ?? {})) {
    const found = packageOf(filename)
    if (loaded !== undefined && found !== undefined) apply(loaded, found)
  }
  // Files of one package, which nobody hooks, come one after the other.
  let unhooked: string | undefined
  const see = (loaded: LoadedModule, filename: string): void => {
    if (unhooked !== undefined && filename.startsWith(unhooked) && isDirectlyIn(unhooked, filename)) return
    const found = packageOf(filename)
    if (found === undefined) return
    const folder = filename.slice(0, filename.length - found.path.length)
    unhooked = hooks.has(found.name) ? undefined : `${folder}${sep}`
    apply(loaded, found)
    agent.inventory.add('modules', folder)
    agent.unprotected.see(found.name)
  }
  patch(
    Module.prototype,
    'load',
    (load) =>
      function (this: unknown, ...args: unknown[]): unknown {
        const result = load.apply(this, args)
        if (typeof args[0] === 'string') see(this as LoadedModule, args[0])
        return result
      },
  )
}

function hookLate(guards: Guards, name: string, loaded: unknown): void {
  try {
    lateBuiltins(guards).get(name)?.(loaded)
  } catch (error) {
    guards.agent.fault(error, `hook ${name}`)
  }
}

function hookRequire(guards: Guards): void {
  const { agent } = guards
  patch(
    Module.prototype,
    'require',
    (require) =>
      function (this: unknown, ...args: unknown[]): unknown {
        const id = args[0]
        if (isServing() && typeof id === 'string') {
          const refusal = agent.check('require', (context) =>
            context.raw().has(id)
              ? judgeModule(id, sourceOf((this as LoadedModule).filename), context.raw())
              : null,
          )
          if (refusal !== null) throw refusal // require throws for modules it cannot find
        }
        const loaded = require.apply(this, args)
        const late = lateName(id)
        if (late !== undefined) hookLate(guards, late, loaded)
        return loaded
      },
  )
}

function builtinOf(id: string): unknown {
  return (process as unknown as { getBuiltinModule?(id: string): unknown }).getBuiltinModule?.(id)
}

function hookSources(guards: Guards): void {
  const { agent } = guards
  patch(
    Module.prototype,
    '_compile',
    (compile) =>
      function (this: unknown, ...args: unknown[]): unknown {
        const source = args[0]
        if (typeof source !== 'string') return compile.apply(this, args)
        let rewritten = source
        try {
          rewritten = rewrittenSource(source)
        } catch (error) {
          agent.fault(error, 'module.compile')
        }
        if (rewritten !== source) args[0] = rewritten
        return compile.apply(this, args)
      },
  )
  // ECMAScript modules can be rewritten only where Node lets a hook see them in the same thread, from 22.15 on; their
  // imports of built-ins are seen only there, too.
  const hooking = Module as unknown as HookingModule
  if (hooking.registerHooks === undefined && runsModule(process.argv[1]))
    hookLate(guards, 'http2', Module.createRequire(import.meta.url)('node:http2'))
  hooking.registerHooks?.({
    load(url, context, next) {
      const result = next(url, context)
      const late = lateName(url)
      // `require` would come here again.
      if (late !== undefined) hookLate(guards, late, builtinOf(url))
      if (result.format !== 'module' || result.source === undefined || result.source === null) return result
      const text =
        typeof result.source === 'string'
          ? result.source
          : Buffer.from(result.source as Uint8Array).toString('utf8')
      try {
        const rewritten = rewrittenSource(text)
        return rewritten === text ? result : { ...result, source: rewritten }
      } catch {
        return result // as above
      }
    },
  })
}

/** Loading of modules: drivers are hooked as they come, `require` of an input is refused, direct evals are rewritten. */
export function hookModules(guards: Guards): void {
  hookLoading(guards)
  hookRequire(guards)
  hookSources(guards)
}
