import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { wordFields } from '../fields/fields.ts'
import { readField } from '../fields/read-field.ts'
import { eachWordHash } from './word-hashes.ts'

/** Bytes of the filter of one segment. With 100,000 words it says "maybe" for one in a hundred that is not there. */
export const filterBytes = 131_072
const probes = 4
const filterBits = filterBytes * 8

/** The bits of a hash: two halves of a second hash step through the filter (Kirsch and Mitzenmacher, 2006). */
function* bitsOf(hash: number): Generator<number> {
  const step = (Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35) >>> 0) | 1
  for (let i = 0; i < probes; i += 1) yield ((hash + Math.imul(i, step)) >>> 0) & (filterBits - 1)
}

/**
 * Which words stand in which segment of the log, as one Bloom filter (Bloom, 1970) a segment: a search for a rare word reads only the
 * segments that may hold it. A segment without a filter may hold everything.
 */
export class SegmentWords {
  readonly #folder: string
  /** The filter that grows: that of the segment which is read now. */
  #segment = -1
  #filter: Uint8Array | undefined
  #isDirty = false

  constructor(folder: string) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  }

  /** Goes on at a place in the log: a filter that should be there and is not can no longer be made whole. */
  resume(segment: number, offset: number): void {
    this.#segment = segment
    this.#isDirty = false
    const kept = this.#read(segment)
    this.#filter = kept ?? (offset === 0 ? new Uint8Array(filterBytes) : undefined)
  }

  /** Adds the words of an event of a segment; segments come in order. */
  add(segment: number, event: unknown): void {
    if (segment !== this.#segment) {
      this.save()
      this.#segment = segment
      this.#filter = new Uint8Array(filterBytes)
    }
    const filter = this.#filter
    if (filter === undefined) return
    this.#isDirty = true
    const take = (hash: number): void => {
      for (const bit of bitsOf(hash)) filter[bit >>> 3] = (filter[bit >>> 3] ?? 0) | (1 << (bit & 7))
    }
    for (const field of wordFields) {
      const value = readField(event, field)
      if (typeof value === 'string') eachWordHash(value.toLowerCase(), take)
    }
  }

  /** Writes what was added; to be called before the index says that it holds those events. */
  save(): void {
    if (!this.#isDirty || this.#filter === undefined) return
    const path = this.#path(this.#segment)
    writeFileSync(`${path}.new`, this.#filter, { mode: 0o600 })
    renameSync(`${path}.new`, path)
    this.#isDirty = false
  }

  /** Segments, of those that have a filter, that cannot hold all the words (lower case). */
  without(words: readonly string[]): readonly number[] {
    const bits: number[] = []
    for (const word of words) eachWordHash(word, (hash) => bits.push(...bitsOf(hash)))
    if (bits.length === 0) return []
    return this.#kept().filter((segment) => !this.#mayHold(segment, bits))
  }

  #mayHold(segment: number, bits: readonly number[]): boolean {
    if (segment === this.#segment && this.#filter !== undefined) return hasBits(this.#filter, bits)
    const descriptor = openSync(this.#path(segment), 'r')
    try {
      if (fstatSync(descriptor).size !== filterBytes) return true
      const byte = new Uint8Array(1)
      return bits.every((bit) => {
        readSync(descriptor, byte, 0, 1, bit >>> 3)
        return ((byte[0] ?? 0) & (1 << (bit & 7))) !== 0
      })
    } finally {
      closeSync(descriptor)
    }
  }

  /** Forgets segments before this one. */
  drop(before: number): void {
    for (const segment of this.#kept()) if (segment < before) rmSync(this.#path(segment), { force: true })
  }

  /** Forgets everything: the index is made anew. */
  clear(): void {
    rmSync(this.#folder, { recursive: true, force: true })
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    this.#segment = -1
    this.#filter = undefined
    this.#isDirty = false
  }

  #path(segment: number): string {
    return join(this.#folder, `${segment}.bloom`)
  }

  #read(segment: number): Uint8Array | undefined {
    const path = this.#path(segment)
    const bytes = existsSync(path) ? readFileSync(path) : undefined
    return bytes?.length === filterBytes ? new Uint8Array(bytes) : undefined
  }

  #kept(): readonly number[] {
    return readdirSync(this.#folder).flatMap((name) => {
      const number = /^(\d{1,15})\.bloom$/u.exec(name)?.[1]
      return number === undefined ? [] : [Number(number)]
    })
  }
}

function hasBits(filter: Uint8Array, bits: readonly number[]): boolean {
  return bits.every((bit) => ((filter[bit >>> 3] ?? 0) & (1 << (bit & 7))) !== 0)
}
