import { existsSync, readFileSync } from 'node:fs'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import { writeAtomic } from '@sevenfold/layer'
import { CollectorError } from '../collector-error.ts'
import { parseQuery } from '../query/parse-query.ts'

/** Most searches that are kept. */
export const maxSavedSearches = 500
/** Longest name of who saved one, in characters. */
export const maxActorLength = 128
const namePattern = /^[\w][\w .-]{0,63}$/u
const fileLimits = { maxTextLength: 4_194_304, maxDepth: 4, maxNodes: 10_000, maxStringLength: 4_096 }

/** A filter with a name. */
export interface SavedSearch {
  readonly name: string
  readonly query: string
  /** Who saved it, and when (ISO 8601). */
  readonly actor: string
  readonly time: string
}

/** The searches that people keep, in one file of the collector's folder. */
export class SavedSearches {
  readonly #path: string
  readonly #now: () => number
  readonly #searches: Map<string, SavedSearch>

  /** `path`: the file, which may not exist yet; one that cannot be read counts as empty and is not overwritten before a change. */
  constructor(path: string, now: () => number) {
    this.#path = path
    this.#now = now
    this.#searches = new Map(readSearches(path).map((search) => [search.name, search]))
  }

  /** By name. */
  list(): readonly SavedSearch[] {
    return [...this.#searches.values()].toSorted((a, b) => a.name.localeCompare(b.name))
  }

  /**
   * Keeps a search, in place of one of the same name. Throws CollectorError COLLECTOR_BAD_PARAMETER for a name that is none and for too
   * many, COLLECTOR_QUERY_* for a filter that cannot be read.
   */
  save({ name, query, actor }: Omit<SavedSearch, 'time'>): SavedSearch {
    if (!namePattern.test(name))
      throw bad('name has 1 to 64 letters, digits, spaces, dots, dashes and underscores')
    if (actor === '' || actor.length > maxActorLength)
      throw bad(`actor has 1 to ${maxActorLength} characters`)
    parseQuery(query)
    if (!this.#searches.has(name) && this.#searches.size >= maxSavedSearches)
      throw bad(`${maxSavedSearches} searches are kept already`)
    const search = { name, query, actor, time: new Date(this.#now()).toISOString() }
    this.#searches.set(name, search)
    this.#write()
    return search
  }

  /** Throws CollectorError COLLECTOR_NOT_FOUND when there is none of this name. */
  remove(name: string): void {
    if (!this.#searches.delete(name))
      throw new CollectorError('COLLECTOR_NOT_FOUND', 'no search has this name')
    this.#write()
  }

  #write(): void {
    writeAtomic(this.#path, `${JSON.stringify({ v: 1, searches: this.list() }, undefined, 2)}\n`)
  }
}

const bad = (message: string): CollectorError => new CollectorError('COLLECTOR_BAD_PARAMETER', message)

function readSearches(path: string): SavedSearch[] {
  const parsed = existsSync(path) ? parseBoundedJson(readFileSync(path, 'utf8'), fileLimits) : undefined
  const searches = parsed?.ok === true && isJsonObject(parsed.value) ? parsed.value['searches'] : undefined
  if (!Array.isArray(searches)) return []
  return searches
    .filter(isJsonObject)
    .flatMap(({ name, query, actor, time }) =>
      typeof name === 'string' &&
      typeof query === 'string' &&
      typeof actor === 'string' &&
      typeof time === 'string'
        ? [{ name, query, actor, time }]
        : [],
    )
}
