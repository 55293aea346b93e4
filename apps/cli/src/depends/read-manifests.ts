import { isJsonObject } from '@sevenfold/event'
import type { Json } from '@sevenfold/event'
import { parseYamlStream, yamlLimits } from '@sevenfold/yaml'
import type { Dependency } from './dependency.ts'
import { readCompose } from './read-compose.ts'
import { readPods } from './read-pods.ts'
import type { NamedText } from './read-units.ts'

function readDocument(path: string, document: Json): readonly Dependency[] {
  if (!isJsonObject(document)) return []
  if (typeof document['kind'] === 'string') return readPods(path, document)
  const services = document['services']
  return isJsonObject(services) ? readCompose(path, services) : []
}

/** What Compose files and Kubernetes manifests say about our parts. What cannot be read is told to `note`. */
export function readManifests(
  files: readonly NamedText[],
  note: (text: string) => void = () => {},
): readonly Dependency[] {
  return files.flatMap(({ path, text }) =>
    parseYamlStream(text, { ...yamlLimits, maxDocuments: 200 }).flatMap(
      ({ value, errors }): readonly Dependency[] => {
        const [error] = errors
        if (error === undefined) return readDocument(path, value as Json) // maps, lists and scalars
        note(`${path}:${error.line}: ${error.message}`)
        return []
      },
    ),
  )
}
