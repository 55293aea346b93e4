import { join } from 'node:path'
import { startApp } from './start-app.ts'
import type { AppOptions, BedApp } from './start-app.ts'

/** Name of the guarded shop in the events of the runtime layer. */
const service = 'shop'

/**
 * Starts a shop with the agent of the runtime layer inside. The forwarder should run by then: the agent would keep
 * its events until it does, but late ones are no help to detection.
 */
export function startGuardedApp(
  options: AppOptions & { readonly data: string; readonly preload: string },
): Promise<BedApp> {
  const agent = {
    SEVENFOLD_RUNTIME_MODE: 'enforce',
    SEVENFOLD_RUNTIME_SOCKET: join(options.data, 'runtime', 'sensor.sock'),
    SEVENFOLD_RUNTIME_TRUST_PROXY: '1',
    SEVENFOLD_SERVICE: service,
  }
  return startApp({ ...options, env: { ...options.env, ...agent } })
}
