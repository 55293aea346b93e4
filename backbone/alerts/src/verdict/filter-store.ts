import { readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensurePrivateFolder, writeAtomic } from '@sevenfold/layer'
import type { SigmaDocument, SigmaMap } from '@sevenfold/sigma'
import { AlertsError } from '../alerts-error.ts'
import type { FilterDocument } from './filter-document.ts'

/** Most filters that people may have at a time. */
export const maxFilters = 1_000

/** A filter as people see it. */
export interface ShownFilter {
  readonly id: string
  readonly title: string
  readonly reason: string
  readonly author: string
  readonly expires: string
  readonly incident: string
  readonly rules: readonly string[]
}

interface Kept {
  readonly path: string
  readonly document: SigmaMap
}

/** A filter as we wrote it. A file that somebody broke by hand hides nothing: the rules that it names speak again. */
function readDocument(path: string): SigmaMap | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return typeof value === 'object' && value !== null ? (value as SigmaMap) : undefined
  } catch {
    return undefined
  }
}

function text(document: SigmaMap, key: string): string {
  const value = document[key]
  return typeof value === 'string' ? value : ''
}

/**
 * Filters as files of their own, `filters/<id>.yml`: they name rules by id, so an update of the rules leaves them alone.
 * JSON is YAML; nobody's text can become structure in it.
 */
export class FilterStore {
  readonly #folder: string
  readonly #kept = new Map<string, Kept>()

  constructor(folder: string) {
    this.#folder = folder
    ensurePrivateFolder(folder)
    for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.yml'))) {
      const path = join(folder, name)
      const document = readDocument(path)
      if (document !== undefined) this.#kept.set(text(document, 'id'), { path, document })
    }
  }

  /** Filters in force, as documents for the engine. */
  documents(nowMs: number): readonly SigmaDocument[] {
    return [...this.#kept.values()]
      .filter(({ document }) => Date.parse(text(document, 'expires')) > nowMs)
      .map(({ path, document }) => ({ source: path, value: document }))
  }

  /** Filters as people see them. */
  list(): readonly ShownFilter[] {
    return Array.from(this.#kept.values(), ({ document }) => {
      const { filter } = document
      const rules = typeof filter === 'object' && filter !== null ? (filter as SigmaMap)['rules'] : []
      return {
        id: text(document, 'id'),
        title: text(document, 'title'),
        reason: text(document, 'description'),
        author: text(document, 'author'),
        expires: text(document, 'expires'),
        incident: text(document, 'incident'),
        rules: Array.isArray(rules) ? rules.map(String) : [],
      }
    })
  }

  /** Keeps a filter. @throws AlertsError ALERTS_CONFLICT when there are too many. */
  add({ id, document }: FilterDocument): void {
    if (this.#kept.size >= maxFilters)
      throw new AlertsError('ALERTS_CONFLICT', `there are ${maxFilters} filters; remove some first`)
    const path = join(this.#folder, `${id}.yml`)
    writeAtomic(path, `${JSON.stringify(document, undefined, 2)}\n`)
    this.#kept.set(id, { path, document })
  }

  /** Removes a filter; false when there is none. */
  remove(id: string): boolean {
    const kept = this.#kept.get(id)
    if (kept === undefined) return false
    rmSync(kept.path, { force: true })
    this.#kept.delete(id)
    return true
  }

  /** Removes those that are over; true when there were any. */
  expire(nowMs: number): boolean {
    const over = [...this.#kept].filter(
      ([, { document }]) => !(Date.parse(text(document, 'expires')) > nowMs),
    )
    for (const [id] of over) this.remove(id)
    return over.length > 0
  }
}
