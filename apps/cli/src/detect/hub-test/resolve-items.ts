import { existsSync } from 'node:fs'
import { join, normalize } from 'node:path'
import type { HubFolder, HubItem, HubKind } from '@sevenfold/detection/hub'

/** Where a test finds what it names. */
export interface ItemPlaces {
  readonly hub: HubFolder
  readonly testFolder: string
  /** The folder that holds all tests: in the hub it is called `.tests`. */
  readonly testsFolder: string
}

/** A path of a test: relative to the hub or to the test; `.tests/` is the folder of the tests. */
function pathOf(name: string, { hub, testFolder, testsFolder }: ItemPlaces): string | undefined {
  const plain = normalize(name).replace(/^\/+/u, '')
  if (plain.startsWith('..')) return undefined
  const candidates = [
    join(hub.root, plain),
    join(testFolder, plain),
    ...(plain.startsWith('.tests/') ? [join(testsFolder, plain.slice('.tests/'.length))] : []),
  ]
  return candidates.find((path) => existsSync(path))
}

/** The item that a test names, `author/name` or a path. Throws an `Error` when there is none. */
export function resolveItem(kind: HubKind, name: string, places: ItemPlaces): HubItem {
  const item = places.hub.items.find((each) => each.kind === kind && each.name === name)
  if (item !== undefined) return item
  const path = pathOf(name, places)
  if (path === undefined) throw new Error(`there is no ${kind} ${name}`)
  // …/parsers/STAGE/AUTHOR/file.yaml
  const parts = path.split('/')
  return { kind, name, path, stage: kind === 'scenarios' ? '' : (parts.at(-3) ?? '') }
}
