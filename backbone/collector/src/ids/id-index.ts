import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject } from '@sevenfold/event'
import { ensurePrivateFolder } from '@sevenfold/layer'
import { listSegments, readLineAt } from '@sevenfold/ledger/segments'
import type { SegmentPosition } from '@sevenfold/ledger/segments'
import { searchIdFile, writeIdFile } from './id-file.ts'
import type { LinePlace } from './id-file.ts'
import { idKey } from './id-key.ts'

/** Most lines in an answer. */
export const maxFound = 500

/** What an id index needs. */
export interface IdIndexOptions {
  /** Folder for its files. */
  readonly folder: string
  /** Folder of the ledger's segments. */
  readonly segments: string
}

function textAt(event: unknown, ...path: readonly string[]): string {
  let value: unknown = event
  for (const key of path) value = isJsonObject(value) ? value[key] : undefined
  return typeof value === 'string' ? value : ''
}

/** The ids by which people look for an event: its own, its request's, its trace's. */
function idsOf(event: unknown): Set<string> {
  const ids = new Set([
    textAt(event, 'event', 'id'),
    textAt(event, 'http', 'request', 'id'),
    textAt(event, 'trace', 'id'),
  ])
  ids.delete('')
  return ids
}

/**
 * Finds events by id without the database: a sorted file of fixed records beside each closed segment, and a map in
 * memory for the segment that still grows. Everything in it can be made again from the segments.
 */
export class IdIndex {
  readonly #options: IdIndexOptions
  // The segment that still grows; its places in memory.
  #segment: number | undefined
  #places = new Map<string, LinePlace[]>()

  constructor(options: IdIndexOptions) {
    ensurePrivateFolder(options.folder)
    this.#options = options
  }

  #path(segment: number): string {
    return join(this.#options.folder, `${String(segment).padStart(20, '0')}.ids`)
  }

  /** Where reading must begin so that nothing is missing: the first segment without a file, or the newest one. */
  startPosition(): SegmentPosition {
    const segments = listSegments(this.#options.segments)
    const missing = segments.slice(0, -1).find(({ first }) => !existsSync(this.#path(first)))
    const first = (missing ?? segments.at(-1))?.first ?? 0
    return { segment: first, offset: 0, index: first }
  }

  /** Takes the next event of the log. */
  add(event: unknown, place: LinePlace & { readonly segment: number }): void {
    if (this.#segment !== place.segment) this.#startSegment(place.segment)
    const { offset, length } = place
    for (const id of idsOf(event)) {
      const key = idKey(id)
      const places = this.#places.get(key)
      if (places === undefined) this.#places.set(key, [{ offset, length }])
      else if (places.length < maxFound) places.push({ offset, length })
    }
  }

  #startSegment(segment: number): void {
    if (this.#segment !== undefined && segment > this.#segment)
      writeIdFile(this.#path(this.#segment), this.#places)
    this.#segment = segment
    this.#places = new Map()
    this.#removeDropped()
  }

  /** Removes files whose segment retention has dropped. */
  #removeDropped(): void {
    const kept = new Set(listSegments(this.#options.segments).map(({ first }) => first))
    for (const name of readdirSync(this.#options.folder)) {
      const first = Number(/^(\d{20})\.ids$/u.exec(name)?.[1])
      if (Number.isSafeInteger(first) && !kept.has(first)) rmSync(this.#path(first), { force: true })
    }
  }

  /** Forgets everything: the log is another one. */
  clear(): void {
    this.#segment = undefined
    this.#places = new Map()
    for (const name of readdirSync(this.#options.folder)) {
      if (name.endsWith('.ids')) rmSync(join(this.#options.folder, name), { force: true })
    }
  }

  /** Lines of events with this id (event, request or trace), oldest first, at most `maxFound`. */
  async find(id: string): Promise<string[]> {
    const key = idKey(id)
    const lines: string[] = []
    for (const { first } of listSegments(this.#options.segments)) {
      const most = maxFound - lines.length
      if (most <= 0) break
      const places =
        first === this.#segment
          ? (this.#places.get(key) ?? [])
          : await searchIdFile(this.#path(first), key, most)
      for (const place of places.slice(0, most)) {
        const line = await readLineAt(this.#options.segments, { segment: first, ...place })
        // A key can stand for two ids (hashes, a file of an older log): the line itself decides.
        if (line !== undefined && hasId(line, id)) lines.push(line)
      }
    }
    return lines
  }
}

function hasId(line: string, id: string): boolean {
  try {
    const lower = id.toLowerCase()
    return [...idsOf(JSON.parse(line))].some((own) => own === id || own.toLowerCase() === lower)
  } catch {
    // Not a line of this log.
    return false
  }
}
