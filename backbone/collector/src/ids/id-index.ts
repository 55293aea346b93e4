import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { isJsonObject } from '@sevenfold/event'
import { ensurePrivateFolder } from '@sevenfold/layer'
import { LineReader, listSegments } from '@sevenfold/ledger/segments'
import type { SegmentPosition } from '@sevenfold/ledger/segments'
import { readIdRange, searchIdFile, writeIdFile } from './id-file.ts'
import type { IdRange, LinePlace } from './id-file.ts'
import { idKey } from './id-key.ts'

/** Most lines in an answer. */
export const maxFound = 500
/** Files searched before others have a turn. */
const filesPerTurn = 64

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
  // Keys of our own ids begin with their time (UUIDv7), so that the ends of a file say of most files that an id is not in them.
  readonly #ranges = new Map<number, IdRange>()

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
      // Lines come again when something behind us failed: a place counts once, and places of a segment come in order.
      else if (places.length < maxFound && (places.at(-1)?.offset ?? 0) < offset)
        places.push({ offset, length })
    }
  }

  #startSegment(segment: number): void {
    if (this.#segment !== undefined && segment > this.#segment) this.#close(this.#segment)
    this.#segment = segment
    this.#places = new Map()
    this.#removeDropped()
  }

  #close(segment: number): void {
    writeIdFile(this.#path(segment), this.#places)
    this.#ranges.delete(segment)
  }

  /** Removes files whose segment retention has dropped. */
  #removeDropped(): void {
    const kept = new Set(listSegments(this.#options.segments).map(({ first }) => first))
    for (const name of readdirSync(this.#options.folder)) {
      const first = Number(/^(\d{20})\.ids$/u.exec(name)?.[1])
      if (!Number.isSafeInteger(first) || kept.has(first)) continue
      this.#ranges.delete(first)
      rmSync(this.#path(first), { force: true })
    }
  }

  /** Forgets everything: the log is another one. */
  clear(): void {
    this.#segment = undefined
    this.#places = new Map()
    this.#ranges.clear()
    for (const name of readdirSync(this.#options.folder)) {
      if (name.endsWith('.ids')) rmSync(join(this.#options.folder, name), { force: true })
    }
  }

  /** Lines of events with this id (event, request or trace), oldest first, at most `maxFound`. */
  async find(id: string): Promise<string[]> {
    const reader = new LineReader(this.#options.segments)
    try {
      return await this.#find(id, reader)
    } finally {
      await reader.close()
    }
  }

  #searchFile(segment: number, key: string, most: number): LinePlace[] {
    const path = this.#path(segment)
    const range = this.#ranges.get(segment) ?? readIdRange(path)
    if (range === undefined) return []
    this.#ranges.set(segment, range)
    const wanted = Buffer.from(key, 'latin1')
    const isOutside = Buffer.compare(wanted, range.first) < 0 || Buffer.compare(wanted, range.last) > 0
    return isOutside ? [] : searchIdFile(path, key, most)
  }

  async #find(id: string, reader: LineReader): Promise<string[]> {
    const key = idKey(id)
    const lines: string[] = []
    for (const [n, { first }] of listSegments(this.#options.segments).entries()) {
      const most = maxFound - lines.length
      if (most <= 0) break
      if (n % filesPerTurn === filesPerTurn - 1) await setImmediate()
      const places =
        first === this.#segment ? (this.#places.get(key) ?? []) : this.#searchFile(first, key, most)
      for (const place of places.slice(0, most)) {
        const line = await reader.read({ segment: first, ...place })
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
