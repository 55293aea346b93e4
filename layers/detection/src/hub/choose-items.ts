import { isJsonObject } from '@sevenfold/event'
import { parseYaml } from '@sevenfold/yaml'
import type { HubFolder, HubItem, HubKind } from './hub-folder.ts'
import { ruleText } from './rule-text.ts'

/** Collections that name each other. */
const maxCollections = 1_000

const kinds: readonly HubKind[] = ['parsers', 'postoverflows', 'scenarios', 'contexts', 'collections']

function namesIn(path: string, kind: HubKind): readonly string[] {
  const read = ruleText(path)
  if ('problem' in read) return []
  const { value } = parseYaml(read.text)
  const names = isJsonObject(value) ? value[kind] : undefined
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : []
}

/**
 * The items that collections name, with those of the collections they name. Items that a collection names and that are
 * not in the folder are passed over, because a folder may hold a part of the hub. Throws an `Error` for an asked
 * collection that is not there.
 */
export function chooseItems(hub: HubFolder, collections: readonly string[]): readonly HubItem[] {
  const byKind = new Map(kinds.map((kind) => [kind, new Map<string, HubItem>()]))
  for (const item of hub.items) byKind.get(item.kind)?.set(item.name, item)
  const chosen = new Set<HubItem>()
  const open = collections.map((name) => {
    const item = byKind.get('collections')?.get(name)
    if (item === undefined) throw new Error(`there is no collection ${name} in ${hub.root}`)
    return item
  })
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (chosen.has(next) || chosen.size > maxCollections * 100) continue
    chosen.add(next)
    for (const kind of kinds) {
      for (const name of namesIn(next.path, kind)) {
        const item = byKind.get(kind)?.get(name)
        if (item === undefined) continue
        if (kind === 'collections') open.push(item)
        else chosen.add(item)
      }
    }
  }
  return [...chosen]
}
