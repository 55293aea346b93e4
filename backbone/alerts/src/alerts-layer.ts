import { createServer } from 'node:http'
import { join } from 'node:path'
import type { AlertsConfig } from '@sevenfold/config'
import { isJsonObject } from '@sevenfold/event'
import { defineLayer, listenOnSocket } from '@sevenfold/layer'
import type { Layer, RunningLayer } from '@sevenfold/layer'
import { AlertsService } from './alerts-service.ts'
import type { Context } from './alerts-service.ts'
import { createApi } from './api/api.ts'
import { startPlaybooks } from './playbook/playbooks.ts'
import { incidentRoutes } from './api/incident-routes.ts'
import { playbookRoutes } from './api/playbook-routes.ts'
import { silenceRoutes } from './api/silence-routes.ts'

function parseConfig(value: unknown): AlertsConfig {
  const config = isJsonObject(value) ? value : {}
  const { rules, silence, playbooks } = config
  const isWhole =
    config['v'] === 1 &&
    Array.isArray(rules) &&
    isJsonObject(silence) &&
    isJsonObject(playbooks) &&
    typeof config['mergeWindowMs'] === 'number'
  if (!isWhole) throw new Error('not a compiled alerts configuration')
  return value as AlertsConfig // written by our own compiler; every section that is used is checked above
}

async function start(context: Context): Promise<RunningLayer<AlertsConfig>> {
  const service = await AlertsService.open(context)
  const playbooks = await startPlaybooks(service)
  const routes = [incidentRoutes(service), silenceRoutes(service), playbookRoutes(service, playbooks)]
  const server = createServer({ maxHeaderSize: 16_384, headersTimeout: 5_000, requestTimeout: 30_000 })
  server.on('request', createApi(routes, context.log))
  await listenOnSocket(server, join(context.dataDir, 'api.sock'))
  service.start()
  // Loaded only where somebody outside is to be called.
  const endCalls =
    context.config.deadMan === undefined
      ? () => undefined
      : (await import('./dead-man/call-outside.ts')).callOutside(service)
  return {
    selfTest: () => {
      const { rules, correlations } = service.judge.rules.set
      const details = { rules: rules.length, correlations: correlations.length }
      return Promise.resolve({ ok: rules.length > 0 || context.config.rules.length === 0, details })
    },
    reload: async (config) => {
      await service.reloadRules(config.rules)
      await playbooks.reload(config.playbooks.folders)
    },
    stop: async () => {
      endCalls()
      playbooks.stop()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      await service.stop()
    },
  }
}

/** Sigma, silence and incidents as a part of the house. It defends nothing; every layer goes on without it. */
export const alertsLayer: Layer<AlertsConfig> = defineLayer({
  name: 'alerts',
  parseConfig,
  spoolBytes: (config) => config.spoolBytes,
  start,
})
