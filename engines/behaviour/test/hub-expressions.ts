import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAllDocuments } from 'yaml'

/** Where an expression of the hub stands: what it may name follows from it. */
export type HubPlace = 'event' | 'bucket' | 'context'

/** An expression of the hub. */
export interface HubExpression {
  readonly source: string
  readonly place: HubPlace
  /** Whether it is the filter of a scenario. */
  readonly isFilter: boolean
}

const hub = join(
  process.env['SEVENFOLD_SHARED'] ?? fileURLToPath(new URL('../../../../shared', import.meta.url)),
  'hub',
)

/** Whether the hub's files are there. */
export const hasHub: boolean = existsSync(join(hub, 'scenarios'))

type Yaml = { readonly [key: string]: unknown }

const asList = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]
const asMap = (value: unknown): Yaml => (typeof value === 'object' && value !== null ? (value as Yaml) : {})

function documents(folder: string): readonly Yaml[] {
  return readdirSync(join(hub, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name))
    .flatMap((name) =>
      parseAllDocuments(readFileSync(join(hub, folder, name), 'utf8'), { uniqueKeys: false }),
    )
    .map((document) => asMap(document.toJS()))
}

const statics = (list: unknown): readonly unknown[] => asList(list).map((item) => asMap(item)['expression'])

function ofNode(node: Yaml): readonly unknown[] {
  const grok = asMap(node['grok'])
  return [
    node['filter'],
    ...statics(node['statics']),
    grok['expression'],
    ...statics(grok['statics']),
    ...asList(asMap(node['whitelist'])['expression']),
    ...asList(node['stash']).flatMap((stash) => [asMap(stash)['key'], asMap(stash)['value']]),
    ...asList(node['nodes']).flatMap((child) => ofNode(asMap(child))),
  ]
}

/** Every expression of the hub's parsers, postoverflows, scenarios and contexts, each once for each place. */
export function hubExpressions(): readonly HubExpression[] {
  if (!hasHub) return []
  const found = new Map<string, HubExpression>()
  const add = (sources: readonly unknown[], place: HubPlace, isFilter = false): void => {
    for (const source of sources) {
      if (typeof source !== 'string') continue
      const key = `${place} ${String(isFilter)} ${source}`
      found.set(key, { source, place, isFilter })
    }
  }
  for (const folder of ['parsers', 'postoverflows'])
    for (const node of documents(folder)) add(ofNode(node), 'event')
  for (const scenario of documents('scenarios')) {
    add([scenario['filter']], 'event', true)
    add([scenario['groupby'], scenario['distinct'], asMap(scenario['scope'])['expression']], 'event')
    add([scenario['condition'], scenario['cancel_on']], 'bucket')
  }
  for (const context of documents('contexts'))
    add(Object.values(asMap(context['context'])).flatMap(asList), 'context')
  return [...found.values()]
}

/** Lines of a data file of the hub, without comments; undefined when there is none. */
export function hubDataLines(name: string): readonly string[] | undefined {
  const file = join(hub, 'data', name)
  if (!existsSync(file)) return undefined
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
}
