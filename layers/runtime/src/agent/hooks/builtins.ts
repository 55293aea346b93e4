import { readFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { dirname, join } from 'node:path'
import { hookHttp2Client } from './http-client.ts'
import { hookHttp2Server } from './http2-server.ts'
import type { Guards } from './drivers/driver-hooks.ts'
import { hookSyncSqlite } from './drivers/sqlite.ts'

/** Parts of Node that cost the start of every process much and that few applications load: they are hooked when they are. */
export type LateBuiltins = ReadonlyMap<string, (exported: unknown) => void>

/** What to do with them. */
export function lateBuiltins({ agent, guard, outgoing, stored }: Guards): LateBuiltins {
  return new Map([
    [
      'http2',
      (http2: unknown): void => {
        hookHttp2Server(agent, stored, http2)
        hookHttp2Client(outgoing, http2)
        syncBuiltinESMExports()
      },
    ],
    [
      'sqlite',
      (sqlite: unknown): void =>
        hookSyncSqlite(guard, (sqlite as { readonly DatabaseSync?: unknown }).DatabaseSync, 'node:sqlite'),
    ],
  ])
}

/** Name of a built-in module without its scheme; undefined for everything else that is not hooked late. */
export function lateName(id: unknown): 'http2' | 'sqlite' | undefined {
  if (id === 'http2' || id === 'node:http2') return 'http2'
  return id === 'node:sqlite' ? 'sqlite' : undefined
}

const maxLevels = 8

/** True when the process runs an ECMAScript module: its imports of built-ins pass no hook before Node 22.15. */
export function runsModule(entry: string | undefined): boolean {
  if (entry === undefined || /\.c[jt]s$/.test(entry)) return false
  if (/\.m[jt]s$/.test(entry)) return true
  let folder = dirname(entry)
  for (let level = 0; level < maxLevels && folder !== dirname(folder); level += 1) {
    try {
      return /"type"\s*:\s*"module"/.test(readFileSync(join(folder, 'package.json'), 'utf8'))
    } catch {
      folder = dirname(folder)
    }
  }
  return false
}
