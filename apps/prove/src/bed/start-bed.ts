import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { planConfigurations } from '../matrix/configuration.ts'
import type { Configuration } from '../matrix/configuration.ts'
import { startSink } from '../sink/sink-server.ts'
import type { Target } from '../visitor/visitor.ts'
import { needsSite } from './bed-config.ts'
import type { BedSite } from './bed-config.ts'
import type { Bed } from './bed.ts'
import { freePorts } from './free-ports.ts'
import { createJudgementReader } from './read-judgements.ts'
import { startApp } from './start-app.ts'
import type { BedApp } from './start-app.ts'
import { bedLayers, startLayers, stopAll } from './start-layers.ts'

/** Longest wait for late detections, in milliseconds: spool, shipper, buckets and the ledger's commit lie between. */
export const missWindowMs = 8000

/** Where a bed lives. */
export interface BedOptions {
  /** Folder for everything; removed at the end. Keep it short: Unix sockets lie below it. */
  readonly dataDir: string
  /** Environment of the application, for instance `SHOP_PATCHED`. */
  readonly appEnv?: Readonly<Record<string, string>>
}

async function planSites(
  app: BedApp,
): Promise<{ readonly sites: readonly BedSite[]; readonly spare: readonly number[] }> {
  const configurations = planConfigurations(bedLayers).distinct.filter(({ layers }) => needsSite(layers))
  const [apiPort = 0, consolePort = 0, ...ports] = await freePorts(configurations.length + 2)
  const sites = configurations.map((configuration, index) => ({
    configuration,
    port: ports[index] ?? 0,
    upstreamPort: app.port,
  }))
  return { sites, spare: [apiPort, consolePort] }
}

function findTarget(app: BedApp, sites: readonly BedSite[], configuration: Configuration): Target {
  if (!needsSite(configuration.layers)) return { host: '127.0.0.1', port: app.port, direct: true }
  const site = sites.find((candidate) => candidate.configuration.name === configuration.name)
  if (site === undefined) throw new Error(`the bed has no site for ${configuration.name}`)
  return { host: '127.0.0.1', port: site.port, direct: false }
}

/**
 * Starts the shop and, before it, ledger, detection and one edge with a site for each configuration: everything
 * in one folder, on free loopback ports. Rejects with what is missing; nothing stays behind.
 */
export async function startBed(options: BedOptions): Promise<Bed> {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 })
  const data = join(options.dataDir, 'data')
  const app = await startApp(options.dataDir, options.appEnv)
  const { sites, spare } = await planSites(app)
  const file = { data, sites, apiPort: spare[0] ?? 0, consolePort: spare[1] ?? 0, logPath: app.logPath }
  const processes = await startLayers(options.dataDir, file).catch(async (error: unknown) => {
    await app.process.stop()
    rmSync(options.dataDir, { recursive: true, force: true })
    throw error
  })
  const sink = await startSink()
  const reader = createJudgementReader(join(data, 'ledger', 'segments'))
  return {
    layers: bedLayers,
    sink,
    folder: app.folder,
    missWindowMs,
    target: (configuration) => findTarget(app, sites, configuration),
    reset: app.reset,
    state: app.state,
    victimSession: app.victimSession,
    judgements: () => reader.read(),
    close: async () => {
      await stopAll(processes)
      await Promise.all([app.process.stop(), sink.close(), reader.close()])
      rmSync(options.dataDir, { recursive: true, force: true })
    },
  }
}
