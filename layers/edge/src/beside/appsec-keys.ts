import { Buffer } from 'node:buffer'
import { createHash, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** Where an API key is, or its SHA-256 in hex. */
export type KeyPlace = { readonly file: string } | { readonly env: string } | { readonly sha256: string }

/** Shortest API key that is taken, characters. */
export const shortestKey = 16

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key, 'latin1').digest()
}

function digestAt(place: KeyPlace): Buffer {
  if ('sha256' in place) return Buffer.from(place.sha256, 'hex')
  const name = 'env' in place ? `environment variable ${place.env}` : place.file
  const text = 'env' in place ? (process.env[place.env] ?? '') : readFileSync(place.file, 'utf8')
  const key = text.trim()
  if (key.length < shortestKey) {
    throw new Error(`${name}: an API key has at least ${shortestKey} characters`)
  }
  return digestOf(key)
}

/** The API keys of one door. Only their digests stay in memory. */
export class AppsecKeys {
  private readonly digests: readonly Buffer[]

  /** Reads all keys. Throws an `Error` that names the place and never the key. */
  constructor(places: readonly KeyPlace[]) {
    this.digests = places.map(digestAt)
  }

  /** True for one of the keys. Takes as long for every wrong key. */
  has(key: string): boolean {
    const shown = digestOf(key)
    let found = false
    for (const digest of this.digests) found = timingSafeEqual(digest, shown) || found
    return found
  }
}
