import { isJsonObject } from '@sevenfold/event'
import type { Json, JsonObject } from '@sevenfold/event'
import { parseYamlStream, yamlLimits } from '@sevenfold/yaml'
import type { Dependency, DependencyKind } from './dependency.ts'
import { layerOfText } from './layer-of-text.ts'
import type { NamedText } from './read-units.ts'

function texts(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value))
    return value.flatMap((item: Json) => {
      if (typeof item === 'string') return [item]
      const source = isJsonObject(item) ? (item['source'] ?? item['name']) : undefined
      return typeof source === 'string' ? [source] : []
    })
  return isJsonObject(value) ? Object.keys(value) : []
}

function layerIn(name: string, parts: readonly (Json | undefined)[]): string | undefined {
  return layerOfText([name, ...parts.map((part) => JSON.stringify(part ?? ''))].join(' '))
}

function composeService(path: string, name: string, service: JsonObject): readonly Dependency[] {
  const { image, command, labels, container_name: container, entrypoint } = service
  const layer = layerIn(name, [image, command, labels, container, entrypoint])
  if (layer === undefined) return []
  const of = (kind: DependencyKind, value: string): Dependency => ({
    layer,
    kind,
    name: value,
    evidence: `${path} services.${name}`,
  })
  const user = service['user']
  return [
    of(
      'user',
      typeof user === 'string' || typeof user === 'number' ? String(user) : 'the image’s user, mostly root',
    ),
    of('host', 'the Docker host'),
    ...texts(service['depends_on']).map((one) => of('service', one)),
    ...texts(service['volumes']).map((one) => of('volume', one.split(':', 1)[0] ?? one)),
    ...[...texts(service['secrets']), ...texts(service['env_file'])].map((one) => of('credential', one)),
    ...(service['networks'] === undefined ? ['default'] : texts(service['networks'])).map((one) =>
      of('network', one),
    ),
  ]
}

function podSpec(document: JsonObject): JsonObject | undefined {
  const spec = document['spec']
  if (!isJsonObject(spec)) return undefined
  if (document['kind'] === 'Pod') return spec
  const job = spec['jobTemplate']
  const outer = isJsonObject(job) && isJsonObject(job['spec']) ? job['spec'] : spec
  const template = outer['template']
  return isJsonObject(template) && isJsonObject(template['spec']) ? template['spec'] : undefined
}

function volumeOf(volume: JsonObject): readonly (readonly [DependencyKind, string])[] {
  const claim = volume['persistentVolumeClaim']
  const path = volume['hostPath']
  const secret = volume['secret']
  if (isJsonObject(claim) && typeof claim['claimName'] === 'string') return [['volume', claim['claimName']]]
  if (isJsonObject(path) && typeof path['path'] === 'string') return [['volume', path['path']]]
  if (isJsonObject(secret) && typeof secret['secretName'] === 'string')
    return [['credential', secret['secretName']]]
  return []
}

function kindOf(document: JsonObject): string {
  const kind = document['kind']
  return typeof kind === 'string' ? kind : ''
}

function pod(path: string, document: JsonObject): readonly Dependency[] {
  const spec = podSpec(document)
  const metadata = document['metadata']
  const name = isJsonObject(metadata) && typeof metadata['name'] === 'string' ? metadata['name'] : ''
  if (spec === undefined) return []
  const layer = layerIn(name, [spec['containers'], isJsonObject(metadata) ? metadata['labels'] : undefined])
  if (layer === undefined) return []
  const of = (kind: DependencyKind, value: string): Dependency => {
    return { layer, kind, name: value, evidence: `${path} ${kindOf(document)}/${name}` }
  }
  const account = spec['serviceAccountName']
  const namespace =
    isJsonObject(metadata) && typeof metadata['namespace'] === 'string' ? metadata['namespace'] : 'default'
  const volumes = Array.isArray(spec['volumes']) ? spec['volumes'].filter(isJsonObject) : []
  return [
    of('user', `service account ${namespace}/${typeof account === 'string' ? account : 'default'}`),
    of('network', spec['hostNetwork'] === true ? 'the host’s network' : `namespace ${namespace}`),
    ...(typeof spec['nodeName'] === 'string' ? [of('host', spec['nodeName'])] : []),
    ...volumes.flatMap(volumeOf).map(([kind, value]) => of(kind, value)),
  ]
}

/** What Compose files and Kubernetes manifests say about our parts. Files that are no YAML are passed over. */
export function readManifests(files: readonly NamedText[]): readonly Dependency[] {
  return files.flatMap(({ path, text }) =>
    parseYamlStream(text, { ...yamlLimits, maxDocuments: 200 }).flatMap(
      ({ value, errors }): readonly Dependency[] => {
        const document = value as Json // the parser gives maps, lists and scalars
        if (errors.length > 0 || !isJsonObject(document)) return []
        const services = document['services']
        if (typeof document['kind'] === 'string') return pod(path, document)
        if (!isJsonObject(services)) return []
        return Object.entries(services).flatMap(([name, service]) =>
          isJsonObject(service) ? composeService(path, name, service) : [],
        )
      },
    ),
  )
}
