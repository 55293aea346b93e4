import { join, resolve } from 'node:path'
import type { CompiledConfig, Listen } from '@sevenfold/config'
import { parseDuration } from '@sevenfold/config'
import { drillScale, isEnrolled, maxSocketPathBytes } from '@sevenfold/layer'
import { configPath } from '../place/data-folder.ts'
import { loadChecked } from '../place/load-checked.ts'
import { environmentError, usageError } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { demoConfig, demoPorts } from './demo-config.ts'
import type { DemoPorts } from './demo-config.ts'
import { frugal, houseParts, runtimePart, shopPart } from './parts.ts'
import type { PartSpec } from './part-spec.ts'
import { freePort } from './preflight.ts'
import type { Wanted } from './preflight.ts'

/** Everything that `up` is going to do. */
export interface UpPlan {
  readonly demo: boolean
  /** Parts that run on this host; undefined for all. */
  readonly layers?: ReadonlySet<string>
  readonly compiled: CompiledConfig
  /** Looked up late: what is wrong with the folder or the ports concerns the person more than what was not built. */
  readonly parts: () => readonly PartSpec[]
  readonly wanted: readonly Wanted[]
  /** Reads the configuration again; absent in the demo, which has no file. */
  readonly again?: () => Promise<CompiledConfig>
}

function port(call: Call, option: string, byDefault: number): number {
  const text = call.text(option)
  if (text === undefined) return byDefault
  const value = Number(text)
  if (/^\d{1,5}$/.test(text) && value <= 65_535) return value
  throw usageError(`--${option} must be a port from 0 to 65535`, '0 takes a free one')
}

async function readPorts(call: Call): Promise<DemoPorts> {
  const asked: DemoPorts = {
    site: port(call, 'port', demoPorts.site),
    console: port(call, 'console-port', demoPorts.console),
    api: port(call, 'api-port', demoPorts.api),
    shop: port(call, 'shop-port', demoPorts.shop),
  }
  const free = async (wanted: number): Promise<number> => (wanted === 0 ? await freePort() : wanted)
  return {
    site: await free(asked.site),
    console: await free(asked.console),
    api: await free(asked.api),
    shop: await free(asked.shop),
  }
}

type Layers = ReadonlySet<string> | undefined

const known = ['ledger', 'collector', 'alerts', 'detection', 'edge', 'runtime', 'console']

/** True when a part is to run on this host. */
function runs(layers: Layers, part: string): boolean {
  return layers === undefined || layers.has(part)
}

function layersOf(call: Call): Layers {
  const text = call.text('layers')
  if (text === undefined) return undefined
  const names = text.split(',').map((name) => name.trim())
  const wrong = names.find((name) => !known.includes(name))
  if (wrong !== undefined) throw usageError(`there is no part ${wrong} to run`, known.join(', '))
  return new Set(names)
}

/** A host without a ledger of its own sends its events elsewhere, and for that each of its parts must be enrolled. */
function checkEnrolled(dataDir: string, layers: Layers): void {
  if (layers === undefined || layers.has('ledger')) return
  const stranger = [...layers].find((part) => !isEnrolled(join(dataDir, part)))
  if (stranger === undefined) return
  throw environmentError(
    `${stranger} is not enrolled, and no ledger runs on this host`,
    `on the host of the backbone: sevenfold enrol token --layer ${stranger} --host NAME; here: sevenfold enrol TOKEN`,
  )
}

function dataDirOf(call: Call): string | undefined {
  const given = call.text('data') ?? call.io.env['SEVENFOLD_DATA']
  return given === undefined || given === '' ? undefined : resolve(call.io.cwd, given)
}

/** A data folder whose sockets would be longer than the system allows is found before anything starts. */
function checkSocketPaths(dataDir: string, longest: string): void {
  const length = Buffer.byteLength(join(dataDir, longest))
  if (length <= maxSocketPathBytes) return
  throw environmentError(
    `the path of the data folder ${dataDir} is ${length - maxSocketPathBytes} bytes too long for sockets in it`,
    'name a folder with a shorter path with --data DIR',
  )
}

async function planDemo(call: Call): Promise<UpPlan> {
  const banDuration = call.text('ban-duration') ?? '2m'
  if (parseDuration(banDuration) === undefined)
    throw usageError('--ban-duration must look like 30s or 5m', 'for example --ban-duration 30s')
  const ports = await readPorts(call)
  const dataDir = dataDirOf(call) ?? resolve(call.io.cwd, '.sevenfold')
  checkSocketPaths(dataDir, 'shop/db/.s.PGSQL.5432')
  const compiled = demoConfig(ports, { banDuration, dataDir, drillScale: drillScale(call.io.env) })
  const listen = (number: number): { host: string; port: number } => ({ host: '127.0.0.1', port: number })
  return {
    demo: true,
    compiled,
    parts: () => {
      const house = houseParts(compiled.parts, call.io.env)
      // The forwarder first: the agent in the shop then finds it at once.
      const apps = call.flag('runtime')
        ? [runtimePart(), shopPart(ports.shop, { dataDir })]
        : [shopPart(ports.shop)]
      return [...apps, ...house].map(frugal)
    },
    wanted: [
      { owner: 'the site shop', listen: listen(ports.site), change: 'use another one: --port 7800' },
      { owner: 'the console', listen: listen(ports.console), change: 'use another one: --console-port 7870' },
      { owner: 'the Local API', listen: listen(ports.api), change: 'use another one: --api-port 7880' },
      { owner: 'the shop itself', listen: listen(ports.shop), change: 'use another one: --shop-port 7890' },
    ],
  }
}

function wantedOf(compiled: CompiledConfig, file: string, layers: Layers): readonly Wanted[] {
  const { edge, console, detection, ledger } = compiled.parts
  const seen = new Set<string>()
  const hosts = (part: 'ledger' | 'detection', section: { listen: Listen } | undefined): Wanted[] =>
    section === undefined
      ? []
      : [
          {
            owner: `other hosts (${part})`,
            listen: section.listen,
            change: `change ${part}.hosts.listen in ${file}`,
          },
        ]
  const byPart: Readonly<Record<string, readonly Wanted[]>> = {
    edge: edge.sites.map(({ name, listen }, index) => ({
      owner: `the site ${name}`,
      listen,
      change: `change sites[${index}].listen in ${file}`,
    })),
    console: [
      { owner: 'the console', listen: console.listen, change: `change admin.console.listen in ${file}` },
    ],
    detection: [
      {
        owner: 'the Local API',
        listen: detection.api.listen,
        change: `change detection.api.listen in ${file}`,
      },
      ...hosts('detection', detection.hosts),
    ],
    ledger: hosts('ledger', ledger.hosts),
  }
  const wanted = Object.entries(byPart).flatMap(([part, ones]) => (runs(layers, part) ? ones : []))
  return wanted.filter(({ listen }) => {
    const key = `${listen.host}:${listen.port}`
    return seen.has(key) ? false : seen.add(key) !== undefined
  })
}

async function planFile(call: Call): Promise<UpPlan> {
  const file = configPath(call)
  const dataDir = dataDirOf(call)
  const read = async (): Promise<CompiledConfig> => {
    const { compiled } = await loadChecked(file, call.io.env)
    return dataDir === undefined ? compiled : { ...compiled, dataDir }
  }
  const compiled = await read()
  checkSocketPaths(compiled.dataDir, 'supervisor/control.sock')
  const layers = layersOf(call)
  checkEnrolled(compiled.dataDir, layers)
  return {
    demo: false,
    ...(layers === undefined ? {} : { layers }),
    compiled,
    parts: () =>
      [
        ...houseParts(compiled.parts, call.io.env),
        ...(call.flag('runtime') || layers?.has('runtime') === true ? [runtimePart()] : []),
      ].filter(({ name }) => runs(layers, name)),
    wanted: wantedOf(compiled, file, layers),
    again: read,
  }
}

/** Reads options and configuration. @throws CliError. */
export async function planUp(call: Call): Promise<UpPlan> {
  if (call.flag('demo') && call.text('layers') !== undefined)
    throw usageError('--layers belongs to a configuration of your own', 'the demo runs every part')
  if (call.flag('demo')) return await planDemo(call)
  const only = ['port', 'console-port', 'api-port', 'shop-port', 'ban-duration'].find(
    (option) => call.text(option) !== undefined,
  )
  if (only !== undefined)
    throw usageError(`--${only} belongs to --demo`, 'ports of your own sites stand in sevenfold.yaml')
  return await planFile(call)
}
