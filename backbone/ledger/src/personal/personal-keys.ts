import { randomBytes } from 'node:crypto'
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensurePrivateFolder, writeAtomic } from '@sevenfold/layer'

const keyBytes = 32
const keyName = /^(\d{4}-\d\d-\d\d)\.key$/u

/** Where the keys of a ledger are, below its folder. */
export function personalFolder(ledger: string): string {
  return join(ledger, 'personal')
}

/** True for a day as keys name it, `2026-01-31`. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/u.test(text) && !Number.isNaN(Date.parse(text))
}

/**
 * The keys under which personal fields stand in the ledger, one a day (UTC), each in a file of its own. Whoever deletes the key of a day
 * erases what is personal in its entries; their hashes, and all proofs about them, stay as they are.
 */
export class PersonalKeys {
  readonly #folder: string
  readonly #known = new Map<string, Buffer>()

  /** `folder`: `data/ledger/personal`; made when the first key is. */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** The key of a day; undefined when it was deleted, or never was. Reads the file each time that it is asked for by `anew`. */
  find(day: string, anew = false): Buffer | undefined {
    const path = this.#path(day)
    if (anew && !existsSync(path)) this.#known.delete(day)
    const known = this.#known.get(day)
    if (known !== undefined) return known
    if (!isDay(day) || !existsSync(path)) return undefined
    const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64')
    if (key.length !== keyBytes) return undefined
    this.#known.set(day, key)
    return key
  }

  /** The key of a day, made when there is none. A day that was forgotten gets no second key: undefined. */
  make(day: string): Buffer | undefined {
    const known = this.#known.get(day) ?? this.find(day)
    if (known !== undefined) return known
    if (!isDay(day) || this.forgotten().includes(day)) return undefined
    ensurePrivateFolder(this.#folder)
    const key = randomBytes(keyBytes)
    writeAtomic(this.#path(day), `${key.toString('base64')}\n`)
    this.#known.set(day, key)
    return key
  }

  /** Days that have a key, oldest first. */
  days(): readonly string[] {
    return this.#names().flatMap((name) => keyName.exec(name)?.[1] ?? [])
  }

  /** Days whose key was deleted, in the order in which that happened. */
  forgotten(): readonly string[] {
    const path = join(this.#folder, 'forgotten')
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(isDay) : []
  }

  /** Deletes the key of a day for good; false when there is none. */
  forget(day: string): boolean {
    if (!isDay(day) || !existsSync(this.#path(day))) return false
    // First the list: a day without a key that is on no list would get a new one.
    appendFileSync(join(this.#folder, 'forgotten'), `${day}\n`, { mode: 0o600 })
    rmSync(this.#path(day))
    this.#known.delete(day)
    return true
  }

  #path(day: string): string {
    return join(this.#folder, `${day}.key`)
  }

  #names(): readonly string[] {
    return existsSync(this.#folder) ? readdirSync(this.#folder).toSorted() : []
  }
}
