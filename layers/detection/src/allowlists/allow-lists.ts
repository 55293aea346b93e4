import { existsSync, readFileSync } from 'node:fs'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { writeAtomic } from '@sevenfold/layer'
import { parseRange } from '../authority/address.ts'
import { numberRange, rangeText } from '../authority/address-number.ts'
import type { NumberRange } from '../authority/address-number.ts'
import { RangeIndex } from '../decisions/range-index.ts'
import { DetectionError } from '../detection-error.ts'

/** One address or range on a list. Source: CrowdSec Local API swagger, `AllowlistItem`. */
export interface AllowItem {
  readonly value: string
  readonly description: string
  /** ISO 8601 UTC. */
  readonly created_at: string
  /** ISO 8601 UTC; empty when it holds for ever. */
  readonly expiration: string
}

/** A named list. Source: CrowdSec Local API swagger, `GetAllowlistResponse`. */
export interface AllowList {
  readonly name: string
  readonly allowlist_id: string
  readonly description: string
  readonly created_at: string
  readonly updated_at: string
  readonly items: readonly AllowItem[]
}

/** Most lists, and most items on all of them. */
export const maxAllowLists = 100
export const maxAllowItems = 20_000
/** The widest range that can be allowed, by family: beyond it a list would switch detection off. */
export const widestAllowed = { ipv4: 8, ipv6: 16 } as const

const nameForm = /^[a-zA-Z0-9][\w.-]{0,63}$/
const fileLimits = { maxTextLength: 16_777_216, maxDepth: 6, maxNodes: 200_000, maxStringLength: 1_024 }

function bad(message: string): never {
  throw new DetectionError('DETECTION_BAD_ALLOW_LIST', message)
}

const word = (object: JsonObject, key: string): string => (typeof object[key] === 'string' ? object[key] : '')

function readList(object: JsonObject): AllowList[] {
  const items = object['items']
  if (word(object, 'name') === '' || !Array.isArray(items)) return []
  return [
    {
      name: word(object, 'name'),
      allowlist_id: word(object, 'allowlist_id'),
      description: word(object, 'description'),
      created_at: word(object, 'created_at'),
      updated_at: word(object, 'updated_at'),
      items: items.filter(isJsonObject).map((item) => ({
        value: word(item, 'value'),
        description: word(item, 'description'),
        created_at: word(item, 'created_at'),
        expiration: word(item, 'expiration'),
      })),
    },
  ]
}

function readFile(path: string): AllowList[] {
  if (!existsSync(path)) return []
  const parsed = parseBoundedJson(readFileSync(path, 'utf8'), fileLimits)
  const lists = parsed.ok && isJsonObject(parsed.value) ? parsed.value['allowlists'] : undefined
  return Array.isArray(lists) ? lists.filter(isJsonObject).flatMap(readList) : bad(`${path} is damaged`)
}

/** What an item says, for people: `10.0.0.0/8 from office`. */
interface Entry {
  readonly list: string
  readonly item: AllowItem
  readonly range: NumberRange
}

/** What allow-lists need. */
export interface AllowListsOptions {
  readonly path: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly newId: () => string
}

/** Addresses and ranges that nobody bans, in named lists that are kept in one file for every reporter. */
export class AllowLists {
  readonly #options: AllowListsOptions
  readonly #listeners = new Set<() => void>()
  #lists: readonly AllowList[]
  #entries: readonly Entry[] = []
  #index = new RangeIndex<Entry>()
  #nextEnd = Number.POSITIVE_INFINITY

  /** Throws `DETECTION_BAD_ALLOW_LIST` for a damaged file. */
  constructor(options: AllowListsOptions) {
    this.#options = options
    this.#lists = readFile(options.path)
    this.#index = this.#build()
  }

  #build(): RangeIndex<Entry> {
    const now = this.#options.now()
    const ends = this.#lists.flatMap(({ items }) =>
      items.flatMap(({ expiration }) => (expiration === '' ? [] : [Date.parse(expiration)])),
    )
    this.#nextEnd = Math.min(
      Number.POSITIVE_INFINITY,
      ...ends.filter((end) => end > now).slice(0, maxAllowItems),
    )
    this.#entries = this.#lists.flatMap(({ name, items }) =>
      items.flatMap((item) => {
        const range = parseRange(item.value)
        const isOver = item.expiration !== '' && Date.parse(item.expiration) <= now
        return range === undefined || isOver ? [] : [{ list: name, item, range: numberRange(range) }]
      }),
    )
    const index = new RangeIndex<Entry>()
    for (const entry of this.#entries) index.add(entry.range, entry)
    return index
  }

  #current(): RangeIndex<Entry> {
    if (this.#options.now() >= this.#nextEnd) this.#index = this.#build()
    return this.#index
  }

  #save(lists: readonly AllowList[]): void {
    writeAtomic(this.#options.path, `${JSON.stringify({ v: 1, allowlists: lists }, undefined, 2)}\n`)
    this.#lists = lists
    this.#index = this.#build()
    for (const run of this.#listeners) run()
  }

  /** Calls `run` after every change. */
  onChange(run: () => void): void {
    this.#listeners.add(run)
  }

  /** Ranges that are allowed now. */
  ranges(): readonly NumberRange[] {
    this.#current()
    return this.#entries.map(({ range }) => range)
  }

  /** Why all of an address or range is allowed: each item around it, in words; empty when it is not. */
  reasons(text: string): readonly string[] {
    if (this.#entries.length === 0) return []
    const range = parseRange(text)
    if (range === undefined) return []
    return this.#current()
      .around(numberRange(range))
      .map(
        ({ list, item }) =>
          `${item.value} from ${list}${item.description === '' ? '' : ` (${item.description})`}`,
      )
  }

  list(): readonly AllowList[] {
    return this.#lists
  }

  get(name: string): AllowList | undefined {
    return this.#lists.find((list) => list.name === name)
  }

  /** Makes a list. Throws `DETECTION_BAD_ALLOW_LIST`. */
  create(name: string, description: string): AllowList {
    if (!nameForm.test(name)) bad('a list has a name of letters, digits, dots and hyphens')
    if (this.get(name) !== undefined) bad(`a list is called ${name} already`)
    if (this.#lists.length >= maxAllowLists) bad(`there are ${maxAllowLists} lists already`)
    const at = new Date(this.#options.now()).toISOString()
    const list = {
      name,
      allowlist_id: this.#options.newId(),
      description: description.slice(0, 500),
      created_at: at,
      updated_at: at,
      items: [],
    }
    this.#save([...this.#lists, list])
    return list
  }

  /** Removes a list; false when there is none of this name. */
  delete(name: string): boolean {
    const rest = this.#lists.filter((list) => list.name !== name)
    if (rest.length === this.#lists.length) return false
    this.#save(rest)
    return true
  }

  #item(value: string, description: string, expiration: string): AllowItem {
    const range = parseRange(value)
    if (range === undefined)
      return bad(`${JSON.stringify(value.slice(0, 64))} is neither an address nor a range`)
    if (range.prefix < widestAllowed[range.family])
      bad(`${value} is wider than /${widestAllowed[range.family]}: so much is not allowed at once`)
    const text = rangeText(numberRange(range))
    const created_at = new Date(this.#options.now()).toISOString()
    return { value: text, description: description.slice(0, 500), created_at, expiration }
  }

  /**
   * Puts values on a list, all or none; a value that is there already is replaced. `durationMs` undefined: for ever.
   * Undefined when there is no such list. Throws `DETECTION_BAD_ALLOW_LIST`.
   */
  add(
    name: string,
    values: readonly string[],
    options: { description?: string; durationMs?: number } = {},
  ): AllowList | undefined {
    const list = this.get(name)
    if (list === undefined) return undefined
    const { durationMs } = options
    const expiration =
      durationMs === undefined ? '' : new Date(this.#options.now() + durationMs).toISOString()
    const items = values.map((value) => this.#item(value, options.description ?? '', expiration))
    const fresh = new Set(items.map(({ value }) => value))
    return this.#replace(list, [...list.items.filter(({ value }) => !fresh.has(value)), ...items])
  }

  /** Takes values from a list; undefined when there is no such list. */
  remove(name: string, values: readonly string[]): AllowList | undefined {
    const list = this.get(name)
    if (list === undefined) return undefined
    const gone = new Set(values.flatMap((value) => [value, this.#spelling(value)]))
    return this.#replace(
      list,
      list.items.filter(({ value }) => !gone.has(value)),
    )
  }

  #spelling(value: string): string {
    const range = parseRange(value)
    return range === undefined ? value : rangeText(numberRange(range))
  }

  #replace(list: AllowList, items: readonly AllowItem[]): AllowList {
    const others = this.#lists.reduce((sum, one) => sum + (one === list ? 0 : one.items.length), 0)
    if (others + items.length > maxAllowItems) bad(`all lists together have at most ${maxAllowItems} items`)
    const changed = { ...list, items, updated_at: new Date(this.#options.now()).toISOString() }
    this.#save(this.#lists.map((one) => (one === list ? changed : one)))
    return changed
  }
}
