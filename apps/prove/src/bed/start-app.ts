import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AppState, Loot } from '../attack/attack.ts'
import type { Application } from './bed.ts'
import { callControl } from './control-client.ts'
import { freePorts } from './free-ports.ts'
import { packageEntry } from './package-entry.ts'
import { startProcess } from './start-process.ts'
import type { BedProcess } from './start-process.ts'

/** The shop of a bed. */
export interface BedApp extends Application {
  readonly process: BedProcess
  readonly port: number
}

/** How a shop is started. */
export interface AppOptions {
  /** Its own folder, with database, files, log and control socket. */
  readonly folder: string
  /** Port on loopback; default a free one. */
  readonly port?: number
  readonly env?: Readonly<Record<string, string>>
  /** Script to load before the shop's own code: the agent of the runtime layer. */
  readonly preload?: string
}

/** The shop's own log below its folder. */
export function appLogPath(folder: string): string {
  return join(folder, 'access.log')
}

/** Starts a shop with its own database. Rejects with what is missing. */
export async function startApp(options: AppOptions): Promise<BedApp> {
  const { folder, env = {}, preload } = options
  // A port of its own, so that it is the same after a restart.
  const port = options.port ?? (await freePorts(1))[0] ?? 0
  const entry = packageEntry('shop')
  if (entry === undefined) throw new Error('the shop is not built; run npm run build')
  const control = join(folder, 'control.sock')
  const own = {
    SHOP_LISTEN: `127.0.0.1:${port}`,
    SHOP_DATA: folder,
    SHOP_LOG: appLogPath(folder),
    SHOP_CONTROL: control,
    SHOP_TRUSTED_PROXY: '1',
  }
  const execArgv = preload === undefined ? [] : ['--import', pathToFileURL(preload).href]
  const child = await startProcess({ name: 'shop', entry, env: { ...own, ...env }, execArgv })
  const call = callControl.bind(undefined, control)
  return {
    process: child,
    port,
    folder,
    reset: async (seed) => (await call('POST', `/reset?seed=${encodeURIComponent(seed)}`)) as Loot,
    state: async () => (await call('GET', '/state')) as AppState,
    victimSession: async (user) => {
      const { sid } = (await call('POST', `/victim?user=${encodeURIComponent(user)}`)) as {
        readonly sid?: string
      }
      return sid ?? ''
    },
  }
}
