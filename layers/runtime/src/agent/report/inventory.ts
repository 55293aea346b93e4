import { readFileSync } from 'node:fs'
import { parseJson } from '../inputs/parse-json.ts'

/** What one process tells of each kind. */
export const maxItems = 1_000
/** Items in one event. */
const maxTold = 60

/** Characters of an address by which it is known again; a route is not longer. */
const longestSeen = 256

/** Kinds of an inventory. */
export type InventoryKind = 'modules' | 'hosts' | 'programs' | 'routes'

const kinds: readonly InventoryKind[] = ['modules', 'hosts', 'programs', 'routes']

/** What a process really loads and does: told once each. */
export class Inventory {
  readonly #known: Readonly<Record<InventoryKind, Set<string>>> = {
    modules: new Set(),
    hosts: new Set(),
    programs: new Set(),
    routes: new Set(),
  }
  /** Routes that were asked for: patterns with their methods, and the newest addresses that have none. */
  readonly #seen = new Map<string, string[]>()
  /** Addresses whose route was added, with the method of the newest: the route itself need not be asked for again. */
  readonly #urls = new Map<string, string>()
  /** The host of the newest outgoing request, which is nearly always the next one's as well. */
  #host = ''
  #port = ''
  readonly #told: Record<InventoryKind, number> = { modules: 0, hosts: 0, programs: 0, routes: 0 }

  /** Adds an item. */
  add(kind: InventoryKind, item: string): void {
    const known = this.#known[kind]
    if (known.size < maxItems) known.add(item)
  }

  /** True when the route behind this address was added before. */
  hasRouteOf(method: string, url: string): boolean {
    return this.#urls.get(url) === method
  }

  /** Adds the route of a request. Asked for every request, and nearly every one takes a known route. */
  addRoute(method: string, url: string, pattern: unknown): void {
    if (url.length <= longestSeen) {
      if (this.#urls.size >= maxItems) this.#urls.clear()
      this.#urls.set(url, method)
    }
    const key = typeof pattern === 'string' ? pattern : url.slice(0, longestSeen)
    const methods = this.#seen.get(key)
    if (methods?.includes(method) === true) return
    if (this.#seen.size >= maxItems) this.#seen.clear()
    this.#seen.set(key, [...(methods ?? []), method])
    this.add('routes', routeOf(method, url, pattern))
  }

  /** Adds a host that the process speaks to; an empty port is that of the scheme. */
  addHost(host: string, port: string): void {
    if (host === this.#host && port === this.#port) return
    this.#host = host
    this.#port = port
    this.add('hosts', port === '' ? host : `${host}:${port}`)
  }

  /** What is new since the last time, in texts of up to 60 items. */
  takeNews(): readonly string[] {
    return kinds.flatMap((kind) => {
      const all = [...this.#known[kind]]
      const fresh = all.slice(this.#told[kind])
      this.#told[kind] = all.length
      const items = kind === 'modules' ? [...new Set(fresh.map(packageName))] : fresh
      const texts: string[] = []
      for (let from = 0; from < items.length; from += maxTold)
        texts.push(`${kind}: ${items.slice(from, from + maxTold).join(', ')}`)
      return texts
    })
  }
}

function packageName(folder: string): string {
  const name = folder.replaceAll('\\', '/').replace(/^.*\/node_modules\//, '')
  try {
    const { version } = parseJson(readFileSync(`${folder}/package.json`, 'utf8')) as {
      readonly version?: unknown
    }
    return typeof version === 'string' ? `${name}@${version}` : name
  } catch {
    return name // a folder without a description of itself
  }
}

/** A route for the inventory: the framework's own pattern, or the path without what looks like data. */
export function routeOf(method: string, url: string, pattern: unknown): string {
  if (typeof pattern === 'string') return `${method} ${pattern}`
  const path = (url.split('?', 1)[0] ?? '/').slice(0, 200)
  return `${method} ${path.replaceAll(/\/(?=[^/]*\d)[^/]+|\/[^/]{33,}/g, '/:value')}`
}
