import { createHash } from 'node:crypto'
import { isJsonObject } from '@sevenfold/event'
import type { Json, JsonObject } from '@sevenfold/event'
import type { Dependency, DependencyKind } from './dependency.ts'
import { layerOfText } from './layer-of-text.ts'

/** The texts of a list or of one text; of objects in a list the member that names them; the names of a mapping. */
function texts(value: Json | undefined, member = 'source'): readonly string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value))
    return value.flatMap((item: Json) => {
      const named = isJsonObject(item) ? item[member] : item
      return typeof named === 'string' ? [named] : []
    })
  return isJsonObject(value) ? Object.keys(value) : []
}

/** YAML's merge key: what a service says itself stands before what it takes from elsewhere. */
function merged(service: JsonObject, depth = 0): JsonObject {
  const { '<<': others, ...own } = service
  if (others === undefined || depth > 8) return own
  const list = (Array.isArray(others) ? others : [others]).filter(isJsonObject)
  return {
    ...Object.assign({}, ...list.toReversed().map((one) => merged(one, depth + 1))),
    ...own,
  } as JsonObject
}

/** Volumes in their short form (`data:/data:ro`) and their long one; memory is nobody else's. */
function volumes(value: Json | undefined): readonly string[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((item: Json) => {
    if (typeof item === 'string') return item.includes(':') ? [item.split(':', 1)[0] ?? item] : []
    const source = isJsonObject(item) && item['type'] !== 'tmpfs' ? item['source'] : undefined
    return typeof source === 'string' ? [source] : []
  })
}

const secretName = /key|secret|token|passw|credential|_dsn$|_url$/i

const textOf = (value: Json): string => (typeof value === 'object' ? '' : String(value))

/** Secrets in the environment: the same name with the same value is one credential. The value is not shown. */
function environment(value: Json | undefined): readonly string[] {
  const pairs = Array.isArray(value)
    ? texts(value).map((text): [string, string] => [
        text.split('=', 1)[0] ?? '',
        text.slice(text.indexOf('=') + 1),
      ])
    : isJsonObject(value)
      ? Object.entries(value).map(([name, one]): [string, string] => [name, textOf(one)])
      : []
  return pairs
    .filter(([name, text]) => secretName.test(name) && text !== '')
    .map(([name, text]) =>
      /^\$\{?\w+/.test(text)
        ? text
        : `${name} ${createHash('sha256').update(text).digest('hex').slice(0, 8)}`,
    )
}

function networks(service: JsonObject): readonly (readonly [DependencyKind, string])[] {
  const mode = service['network_mode']
  if (mode === 'host') return [['network', 'the host’s network']]
  if (mode === 'none') return []
  if (typeof mode === 'string' && mode.startsWith('service:')) return [['service', mode.slice(8)]]
  const named = texts(service['networks'])
  return (named.length === 0 ? ['default'] : named).map((name) => ['network', name])
}

/** What one service of a Compose file leans on; nothing when it is none of ours. */
function composeService(path: string, name: string, given: JsonObject): readonly Dependency[] {
  const service = merged(given)
  const about = ['image', 'command', 'labels', 'container_name', 'entrypoint', 'build'].map(
    (key) => service[key],
  )
  const layer = layerOfText([name, ...about.map((part) => JSON.stringify(part ?? ''))].join(' '))
  if (layer === undefined) return []
  const { user } = service
  const found: readonly (readonly [DependencyKind, string])[] = [
    [
      'user',
      typeof user === 'string' || typeof user === 'number' ? String(user) : 'the image’s user, mostly root',
    ],
    ['host', 'the Docker host'],
    ...texts(service['depends_on']).map((one) => ['service', one] as const),
    ...volumes(service['volumes']).map((one) => ['volume', one] as const),
    ...texts(service['secrets']).map((one) => ['credential', one] as const),
    ...texts(service['env_file'], 'path').map((one) => ['credential', one] as const),
    ...environment(service['environment']).map((one) => ['credential', one] as const),
    ...networks(service),
  ]
  return found.map(([kind, value]) => ({ layer, kind, name: value, evidence: `${path} services.${name}` }))
}

/** What the services of a Compose file lean on. */
export function readCompose(path: string, services: JsonObject): readonly Dependency[] {
  return Object.entries(services).flatMap(([name, service]) =>
    isJsonObject(service) ? composeService(path, name, service) : [],
  )
}
