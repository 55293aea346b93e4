import { syncBuiltinESMExports } from 'node:module'
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
