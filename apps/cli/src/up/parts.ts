import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PartConfigs } from '@sevenfold/config'
import { environmentError } from '../program/cli-error.ts'
import type { PartSpec } from './part-spec.ts'
import { secretEnvironment, storeVariables } from './secret-environment.ts'

/**
 * Stages of stopping: first whatever takes traffic, then whatever reads its events, last the ledger, so that what
 * happened until the end is recorded.
 */
export const stopStages = { traffic: 0, readers: 1, ledger: 2 } as const

/** Path of the process entry beside a package's own entry. @throws CliError when the package has not been built. */
export function entryOf(packageUrl: string): string {
  const entry = fileURLToPath(new URL('./main.js', packageUrl))
  if (existsSync(entry)) return entry
  throw environmentError(`${entry} has not been built`, 'run npm run build')
}

/** The forwarder of the runtime layer, to which the agents inside applications report. */
export function runtimePart(): PartSpec {
  return {
    name: 'runtime',
    entry: entryOf(import.meta.resolve('@sevenfold/runtime')),
    stopStage: stopStages.traffic,
  }
}

/** Variables that an application with the agent inside gets from the supervisor. */
function agentEnvironment(dataDir: string): Record<string, string> {
  return {
    SEVENFOLD_RUNTIME_MODE: 'enforce',
    SEVENFOLD_RUNTIME_SOCKET: join(dataDir, 'runtime', 'sensor.sock'),
    SEVENFOLD_RUNTIME_TRUST_PROXY: '1',
    SEVENFOLD_SERVICE: 'shop',
  }
}

/** The parts of the house, in the order in which they start. Each sees only the secrets that its configuration names. */
export function houseParts(
  parts: PartConfigs,
  env: Readonly<Record<string, string | undefined>>,
): readonly PartSpec[] {
  return [
    {
      name: 'ledger',
      entry: entryOf(import.meta.resolve('@sevenfold/ledger')),
      env: secretEnvironment(parts.ledger, env, parts.ledger.s3Copies.length > 0 ? storeVariables : []),
      stopStage: stopStages.ledger,
    },
    {
      name: 'collector',
      entry: entryOf(import.meta.resolve('@sevenfold/collector')),
      stopStage: stopStages.readers,
    },
    {
      name: 'alerts',
      entry: entryOf(import.meta.resolve('@sevenfold/alerts')),
      env: secretEnvironment(parts.alerts, env),
      stopStage: stopStages.readers,
    },
    {
      name: 'detection',
      entry: entryOf(import.meta.resolve('@sevenfold/detection')),
      env: secretEnvironment(parts.detection, env),
      stopStage: stopStages.readers,
    },
    {
      name: 'edge',
      entry: entryOf(import.meta.resolve('@sevenfold/edge')),
      env: secretEnvironment(parts.edge, env),
      stopStage: stopStages.traffic,
      handsOver: true,
    },
    {
      name: 'console',
      entry: entryOf(import.meta.resolve('@sevenfold/console')),
      stopStage: stopStages.traffic,
    },
  ]
}

/** Parts that have little to do for one visitor: code that is compiled once, and not again for speed, takes less memory. */
const calmParts: ReadonlySet<string> = new Set(['alerts', 'console', 'collector'])

const frugalOptions = ['--max-semi-space-size=2', '--v8-pool-size=1', '--optimize-for-size', '--max-lazy']

/**
 * The demo shares a machine with whatever else the person does: small young generations and one helper thread save
 * about a tenth of its memory and cost speed only under load.
 */
export function frugal(part: PartSpec): PartSpec {
  const calm = calmParts.has(part.name) ? ['--no-opt'] : []
  return {
    ...part,
    nodeOptions: [...frugalOptions, ...calm, ...(part.nodeOptions ?? [])],
    // One arena of the C library for all threads of a process, and two of them for files and names.
    env: { ...part.env, MALLOC_ARENA_MAX: '1', UV_THREADPOOL_SIZE: '2' },
  }
}

/** The shop of the demo; it starts its own database. With `guardedBy` it has the runtime layer's agent inside. */
export function shopPart(port: number, guardedBy?: { readonly dataDir: string }): PartSpec {
  const listen = { SHOP_LISTEN: `127.0.0.1:${port}` }
  const shop: PartSpec = {
    name: 'shop',
    entry: entryOf(import.meta.resolve('@sevenfold/shop')),
    env: listen,
    stopStage: stopStages.traffic,
  }
  if (guardedBy === undefined) return shop
  return {
    ...shop,
    env: { ...listen, ...agentEnvironment(guardedBy.dataDir) },
    nodeOptions: ['--import', fileURLToPath(import.meta.resolve('@sevenfold/runtime/register'))],
  }
}
