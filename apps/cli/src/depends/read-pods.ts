import { isJsonObject } from '@sevenfold/event'
import type { Json, JsonObject } from '@sevenfold/event'
import type { Dependency, DependencyKind } from './dependency.ts'
import { layerOfText } from './layer-of-text.ts'

type Found = readonly (readonly [DependencyKind, string])[]

const objectsIn = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : []

function objectAt(value: Json | undefined, ...keys: readonly string[]): JsonObject {
  let current = value
  for (const key of keys) current = isJsonObject(current) ? current[key] : undefined
  return isJsonObject(current) ? current : {}
}

function named(kind: DependencyKind, value: Json | undefined): Found {
  return typeof value === 'string' && value !== '' ? [[kind, value]] : []
}

/** The specification of the pods that an object makes. */
function podSpec(document: JsonObject): JsonObject | undefined {
  const spec = document['spec']
  if (!isJsonObject(spec)) return undefined
  if (document['kind'] === 'Pod') return spec
  const template = isJsonObject(spec['jobTemplate']) ? objectAt(spec, 'jobTemplate', 'spec') : spec
  const inner = objectAt(template, 'template', 'spec')
  return Object.keys(inner).length === 0 ? undefined : inner
}

function volumeOf(volume: JsonObject): Found {
  return [
    ...named('volume', objectAt(volume, 'persistentVolumeClaim')['claimName']),
    ...named('volume', objectAt(volume, 'hostPath')['path']),
    ...named('credential', objectAt(volume, 'secret')['secretName']),
    ...objectsIn(objectAt(volume, 'projected')['sources']).flatMap((source) =>
      named('credential', objectAt(source, 'secret')['name']),
    ),
  ]
}

/** Secrets that a container takes into its environment. */
function secretsOf(container: JsonObject): Found {
  return [
    ...objectsIn(container['envFrom']).flatMap((from) =>
      named('credential', objectAt(from, 'secretRef')['name']),
    ),
    ...objectsIn(container['env']).flatMap((one) =>
      named('credential', objectAt(one, 'valueFrom', 'secretKeyRef')['name']),
    ),
  ]
}

function hostOf(spec: JsonObject): Found {
  return [
    ...named('host', spec['nodeName']),
    ...named('host', objectAt(spec, 'nodeSelector')['kubernetes.io/hostname']),
  ]
}

function pod(path: string, document: JsonObject): readonly Dependency[] {
  const spec = podSpec(document)
  if (spec === undefined) return []
  const metadata = objectAt(document, 'metadata')
  const textOf = (value: Json | undefined, otherwise: string): string =>
    typeof value === 'string' && value !== '' ? value : otherwise
  const [name, namespace] = [textOf(metadata['name'], ''), textOf(metadata['namespace'], 'default')]
  const containers = [...objectsIn(spec['containers']), ...objectsIn(spec['initContainers'])]
  const about = [containers, metadata['labels'] ?? ''].map((part) => JSON.stringify(part))
  const layer = layerOfText([name, ...about].join(' '))
  if (layer === undefined) return []
  const account = textOf(spec['serviceAccountName'] ?? spec['serviceAccount'], 'default')
  const found: Found = [
    ['user', `service account ${namespace}/${account}`],
    ['network', spec['hostNetwork'] === true ? 'the host’s network' : `namespace ${namespace}`],
    ...hostOf(spec),
    ...objectsIn(spec['volumes']).flatMap(volumeOf),
    ...containers.flatMap(secretsOf),
  ]
  const evidence = `${path} ${textOf(document['kind'], '')}/${name}`
  return found.map(([kind, value]) => ({ layer, kind, name: value, evidence }))
}

/** What an object of Kubernetes leans on; a list is looked through. */
export function readPods(path: string, document: JsonObject): readonly Dependency[] {
  const items = objectsIn(document['items'])
  return document['kind'] === 'List' ? items.flatMap((item) => pod(path, item)) : pod(path, document)
}
