/** A declared system, normalised: the output of `compose config --format json`. */
export interface ComposeSystem {
  readonly services?: Readonly<Record<string, ComposeService>>
  readonly volumes?: Readonly<Record<string, unknown>>
  readonly [key: string]: unknown
}

/** One service of it; only what isolation looks at has a type. */
export interface ComposeService {
  readonly volumes?: readonly ComposeMount[]
  readonly privileged?: boolean
  readonly network_mode?: string
  readonly pid?: string
  readonly ipc?: string
  readonly [key: string]: unknown
}

/** A mount in its long form. */
export interface ComposeMount {
  readonly type: string
  readonly source?: string
  readonly target: string
  readonly read_only?: boolean
  readonly [key: string]: unknown
}

/** What is attacked inside the copy. */
export interface ComposeTarget {
  readonly service: string
  /** Port inside the container. */
  readonly port: number
}

/** Something in the file that cannot be copied without touching what runs. */
export class IsolationError extends Error {
  override readonly name = 'IsolationError'
}

/** Keys of a service that bind it to the host, to the running original, or to other systems. */
const left: readonly string[] = ['ports', 'container_name', 'networks', 'external_links', 'restart', 'links']

const insideOnly = 'inside'
const front = 'front'

function refuse(service: string, what: string): never {
  throw new IsolationError(`service ${service} ${what}: a copy of it would not be isolated`)
}

function checkService(name: string, service: ComposeService): void {
  if (service.privileged === true) refuse(name, 'is privileged')
  for (const key of ['network_mode', 'pid', 'ipc'] as const) {
    if (service[key] === 'host') refuse(name, `uses the host's ${key.replace('_mode', '')}`)
  }
}

/** A copy of every file or folder that the system may write to; the originals are only read. */
export type CopyFolder = (source: string) => string

function isolateMount(name: string, mount: ComposeMount, copy: CopyFolder): ComposeMount {
  if (mount.type !== 'bind') return mount
  const source = mount.source ?? ''
  if (/(?:docker|podman|containerd)\.sock$/.test(source)) refuse(name, 'mounts the socket of the engine')
  return mount.read_only === true ? mount : { ...mount, source: copy(source) }
}

/** Named volumes keep their names inside the copy's own project, which makes new ones; outside ones become its own too. */
function isolateVolumes(volumes: ComposeSystem['volumes'] = {}): Readonly<Record<string, object>> {
  return Object.fromEntries(Object.keys(volumes).map((name) => [name, {}]))
}

/**
 * The same system as a copy of its own: new volumes, copies of writable folders, no published ports, no fixed names,
 * a network without a way out, and one loopback port of the attacked service. Throws `IsolationError`.
 */
export function isolate(system: ComposeSystem, target: ComposeTarget, copy: CopyFolder): ComposeSystem {
  const services = Object.entries(system.services ?? {})
  if (!services.some(([name]) => name === target.service)) {
    const names = services.map(([name]) => name).join(', ')
    throw new IsolationError(
      `there is no service ${target.service}; there are: ${names === '' ? 'none' : names}`,
    )
  }
  const copies = services.map(([name, service]) => {
    checkService(name, service)
    const kept = Object.fromEntries(Object.entries(service).filter(([key]) => !left.includes(key)))
    const mounts = service.volumes?.map((mount) => isolateMount(name, mount, copy))
    const isTarget = name === target.service
    const own = {
      ...kept,
      ...(mounts === undefined ? {} : { volumes: mounts }),
      restart: 'no',
      networks: isTarget ? [insideOnly, front] : [insideOnly],
      ...(isTarget ? { ports: [`127.0.0.1::${target.port}`] } : {}),
    }
    return [name, own] as const
  })
  const { secrets, configs } = system
  return {
    services: Object.fromEntries(copies),
    volumes: isolateVolumes(system.volumes),
    networks: {
      [insideOnly]: { internal: true },
      // Published on loopback, but without a way out to the world.
      [front]: { driver_opts: { 'com.docker.network.bridge.enable_ip_masquerade': 'false' } },
    },
    ...(secrets === undefined ? {} : { secrets }),
    ...(configs === undefined ? {} : { configs }),
  }
}
