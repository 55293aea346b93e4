import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LayerName } from '@sevenfold/event'
import { planConfigurations } from '../matrix/configuration.ts'
import type { Configuration } from '../matrix/configuration.ts'
import { startSink } from '../sink/sink-server.ts'
import type { Target } from '../visitor/visitor.ts'
import { needsSite } from './bed-config.ts'
import type { BedFile, BedSite } from './bed-config.ts'
import type { Bed } from './bed.ts'
import { freePorts } from './free-ports.ts'
import { agentEntry } from './package-entry.ts'
import { createJudgementReader } from './read-judgements.ts'
import { appLogPath, startApp } from './start-app.ts'
import type { BedApp } from './start-app.ts'
import { startGuardedApp } from './start-guarded-app.ts'
import { startLayers, stopAll } from './start-layers.ts'
import type { BedProcess } from './start-process.ts'

/** Longest wait for late detections, in milliseconds: spool, shipper, buckets and the ledger's commit lie between. */
export const missWindowMs = 8000

/** Where a bed lives. */
export interface BedOptions {
  /** Folder for everything; removed at the end. Keep it short: Unix sockets lie below it. */
  readonly dataDir: string
  /** Environment of the application, for instance `SHOP_PATCHED`. */
  readonly appEnv?: Readonly<Record<string, string>>
  /** An application that runs already, instead of the shop; the runtime layer is not inside it. */
  readonly app?: BedApp
}

/** Layers that a bed can put before the application, in the order of the design: those that are installed. */
export function bedLayers(): readonly LayerName[] {
  return agentEntry() === undefined ? ['edge', 'detection'] : ['edge', 'runtime', 'detection']
}

/** The shops of a bed: with the runtime layer there are two, one of them with the agent inside. */
interface Apps {
  readonly plain: BedApp
  readonly guarded: BedApp | undefined
}

interface Started {
  readonly apps: Apps
  readonly sites: readonly BedSite[]
  readonly processes: readonly BedProcess[]
}

function appOf(apps: Apps, { layers }: Configuration): BedApp {
  return layers.includes('runtime') && apps.guarded !== undefined ? apps.guarded : apps.plain
}

function originOf({ port }: BedApp): Target {
  return { host: '127.0.0.1', port, direct: true }
}

function findTarget({ apps, sites }: Started, configuration: Configuration): Target {
  if (!needsSite(configuration.layers)) {
    return originOf(appOf(apps, configuration))
  }
  const site = sites.find((candidate) => candidate.configuration.name === configuration.name)
  if (site === undefined) throw new Error(`the bed has no site for ${configuration.name}`)
  return { host: '127.0.0.1', port: site.port, direct: false }
}

/** The application, then the layers of the configuration, then the ledger that takes what they write. */
function findProcesses({ apps, processes }: Started, configuration: Configuration): readonly BedProcess[] {
  const names = new Set<string>(configuration.layers)
  if (names.size > 0) names.add('ledger')
  if (needsSite(configuration.layers)) names.add('edge') // plumbing, also when it inspects nothing
  return [appOf(apps, configuration).process, ...processes.filter(({ name }) => names.has(name))]
}

/** Nobody can put the agent into an application that runs already. */
function layersOf({ app }: BedOptions): readonly LayerName[] {
  return app === undefined ? bedLayers() : bedLayers().filter((name) => name !== 'runtime')
}

/** The configuration file of a bed, and the port on which the guarded shop has to listen. */
async function planBed(
  options: BedOptions,
  plainPort: number,
): Promise<BedFile & { readonly guardedPort: number }> {
  const layers = layersOf(options)
  const configurations = planConfigurations(layers).distinct.filter((one) => needsSite(one.layers))
  const [apiPort = 0, consolePort = 0, guardedPort = 0, ...ports] = await freePorts(configurations.length + 3)
  const sites = configurations.map((configuration, index) => ({
    configuration,
    port: ports[index] ?? 0,
    upstreamPort: configuration.layers.includes('runtime') ? guardedPort : plainPort,
  }))
  const own = layers.includes('runtime') ? ['shop', 'guarded'] : ['shop']
  const shops = options.app === undefined ? own : []
  const logPaths = shops.map((name) => appLogPath(join(options.dataDir, name)))
  return { data: join(options.dataDir, 'data'), sites, apiPort, consolePort, guardedPort, logPaths }
}

async function startAll(options: BedOptions): Promise<Started> {
  const { dataDir, appEnv: env = {} } = options
  const preload = options.app === undefined ? agentEntry() : undefined
  const plain = options.app ?? (await startApp({ folder: join(dataDir, 'shop'), env }))
  const running: BedProcess[] = [plain.process]
  try {
    const file = await planBed(options, plain.port)
    const folder = join(dataDir, 'guarded')
    if (preload !== undefined) {
      mkdirSync(folder, { mode: 0o700 })
      writeFileSync(appLogPath(folder), '') // detection follows it before the shop that writes it has started
    }
    running.push(...(await startLayers(dataDir, file, layersOf(options))))
    if (preload === undefined)
      return { apps: { plain, guarded: undefined }, sites: file.sites, processes: running }
    const guarded = await startGuardedApp({ folder, port: file.guardedPort, env, data: file.data, preload })
    running.push(guarded.process)
    return { apps: { plain, guarded }, sites: file.sites, processes: running }
  } catch (error) {
    await stopAll(running)
    throw error
  }
}

/**
 * Starts the shop and, before it, ledger, detection and one edge with a site for each configuration: everything
 * in one folder, on free loopback ports. When the runtime layer is installed, a second shop has its agent inside.
 * Rejects with what is missing; nothing stays behind.
 */
export async function startBed(options: BedOptions): Promise<Bed> {
  const { dataDir } = options
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const started = await startAll(options).catch((error: unknown) => {
    rmSync(dataDir, { recursive: true, force: true })
    throw error
  })
  const sink = await startSink()
  const reader = createJudgementReader(join(dataDir, 'data', 'ledger', 'segments'))
  return {
    dataDir: join(dataDir, 'data'),
    layers: layersOf(options),
    sink,
    missWindowMs,
    target: (configuration) => findTarget(started, configuration),
    origin: (configuration) => originOf(appOf(started.apps, configuration)),
    application: (configuration) => appOf(started.apps, configuration),
    processes: (configuration) => findProcesses(started, configuration),
    judgements: () => reader.read(),
    close: async () => {
      await stopAll(started.processes)
      await Promise.all([sink.close(), reader.close()])
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
