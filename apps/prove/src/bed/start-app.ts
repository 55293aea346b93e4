import { join } from 'node:path'
import type { AppState, Loot } from '../attack/attack.ts'
import { callControl } from './control-client.ts'
import { packageEntry } from './package-entry.ts'
import { startProcess } from './start-process.ts'
import type { BedProcess } from './start-process.ts'

/** The shop of a bed. */
export interface BedApp {
  readonly process: BedProcess
  readonly port: number
  readonly folder: string
  readonly logPath: string
  reset(seed: string): Promise<Loot>
  state(): Promise<AppState>
  victimSession(user: string): Promise<string>
}

/** Starts the shop on a free port, with its own database. Rejects with what is missing. */
export async function startApp(dataDir: string, env: Readonly<Record<string, string>> = {}): Promise<BedApp> {
  const entry = packageEntry('shop')
  if (entry === undefined) throw new Error('the shop is not built; run npm run build')
  const folder = join(dataDir, 'shop')
  const control = join(folder, 'control.sock')
  const logPath = join(folder, 'access.log')
  const own = {
    SHOP_LISTEN: '127.0.0.1:0',
    SHOP_DATA: folder,
    SHOP_LOG: logPath,
    SHOP_CONTROL: control,
    SHOP_TRUSTED_PROXY: '1',
  }
  const child = await startProcess({ name: 'shop', entry, env: { ...own, ...env } })
  const call = callControl.bind(undefined, control)
  return {
    process: child,
    port: Number(new URL(child.listen.get('shop') ?? '').port),
    folder,
    logPath,
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
