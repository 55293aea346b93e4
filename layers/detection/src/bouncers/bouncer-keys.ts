import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { DecisionScope, JsonObject } from '@sevenfold/event'
import { writeAtomic } from '@sevenfold/layer'
import { DetectionError } from '../detection-error.ts'
import { parseScope } from '../decisions/stored-decision.ts'
import { bouncerKinds } from './bouncer-kind.ts'
import type { BouncerKind } from './bouncer-kind.ts'

/** What a bouncer is given; what is left out follows from what it says of itself. */
export interface BouncerSettings {
  readonly kind?: BouncerKind
  readonly scopes?: readonly DecisionScope[]
  /** Small ranges are given as their addresses. */
  readonly expandRanges?: boolean
}

/** A bouncer as it is listed: never with its key. */
export interface Bouncer extends BouncerSettings {
  readonly name: string
  /** ISO 8601 UTC. */
  readonly created: string
  /** True for one that comes with a certificate instead of a key; it is known since this process started. */
  readonly certificate?: true
}

interface StoredBouncer extends Bouncer {
  /** SHA-256 of the key, hex. A key has 256 random bits, so that a slow hash would add nothing. */
  readonly keyHash: string
}

/** Most bouncers. */
export const maxBouncers = 1_000
const nameForm = /^[a-zA-Z0-9][\w.-]{0,63}$/
const limits = { maxTextLength: 1_048_576, maxDepth: 4, maxNodes: 10_000, maxStringLength: 256 }

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

/** Reads `kind`, `scopes` and `expandRanges`; leaves out what is none of that. */
export function readBouncerSettings(object: JsonObject): BouncerSettings {
  const kind = bouncerKinds.find((known) => known === object['kind'])
  const scopes = Array.isArray(object['scopes'])
    ? object['scopes'].flatMap((scope) => (typeof scope === 'string' ? (parseScope(scope) ?? []) : []))
    : undefined
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(scopes === undefined || scopes.length === 0 ? {} : { scopes }),
    ...(object['expandRanges'] === true ? { expandRanges: true } : {}),
  }
}

function readFile(path: string): StoredBouncer[] {
  if (!existsSync(path)) return []
  const parsed = parseBoundedJson(readFileSync(path, 'utf8'), limits)
  const list = parsed.ok && isJsonObject(parsed.value) ? parsed.value['bouncers'] : undefined
  if (!Array.isArray(list)) {
    throw new DetectionError(
      'DETECTION_BOUNCERS_INVALID',
      `${path} is damaged; remove it and add the bouncers again`,
    )
  }
  return list.flatMap((item) => {
    if (!isJsonObject(item)) return []
    const { name, created, keyHash } = item
    const isWhole = typeof name === 'string' && typeof created === 'string' && typeof keyHash === 'string'
    return isWhole && /^[0-9a-f]{64}$/.test(keyHash)
      ? [{ name, created, keyHash, ...readBouncerSettings(item) }]
      : []
  })
}

/** The bouncers that may read decisions, by certificate or by key, with hashed keys in a file. */
export class BouncerKeys {
  readonly #path: string
  readonly #now: () => number
  #bouncers: StoredBouncer[]
  readonly #certified = new Map<string, Bouncer>()

  /** Throws `DETECTION_BOUNCERS_INVALID` for a damaged file. */
  constructor(path: string, now: () => number) {
    this.#path = path
    this.#now = now
    this.#bouncers = readFile(path)
  }

  /**
   * Adds a bouncer and returns its key, which is shown this once. Throws `DETECTION_BAD_BOUNCER`,
   * `DETECTION_BOUNCER_EXISTS`.
   */
  add(name: string, settings: BouncerSettings = {}): string {
    const key = randomBytes(32).toString('base64url')
    this.#insert(name, key, settings)
    return key
  }

  /** Sets a bouncer with a key that was made elsewhere (configuration); replaces one of the same name. */
  set(name: string, key: string): void {
    const keyHash = digest(key).toString('hex')
    if (this.#bouncers.some((bouncer) => bouncer.name === name && bouncer.keyHash === keyHash)) return
    this.delete(name)
    this.#insert(name, key, {})
  }

  #insert(name: string, key: string, settings: BouncerSettings): void {
    if (!nameForm.test(name) || key.length < 16 || key.length > 512) {
      throw new DetectionError(
        'DETECTION_BAD_BOUNCER',
        'a bouncer has a name of letters, digits, dots and hyphens, and a key of 16 characters or more',
      )
    }
    if (this.#bouncers.some((bouncer) => bouncer.name === name)) {
      throw new DetectionError('DETECTION_BOUNCER_EXISTS', `a bouncer is called ${name} already`)
    }
    if (this.#bouncers.length >= maxBouncers) {
      throw new DetectionError('DETECTION_BAD_BOUNCER', `there are ${maxBouncers} bouncers already`)
    }
    const created = new Date(this.#now()).toISOString()
    this.#save([...this.#bouncers, { name, created, keyHash: digest(key).toString('hex'), ...settings }])
  }

  #save(bouncers: StoredBouncer[]): void {
    writeAtomic(this.#path, `${JSON.stringify({ v: 1, bouncers }, undefined, 2)}\n`)
    this.#bouncers = bouncers
  }

  /** Removes a bouncer; its key is refused from now on. False when there is none of this name. */
  delete(name: string): boolean {
    const rest = this.#bouncers.filter((bouncer) => bouncer.name !== name)
    if (rest.length === this.#bouncers.length) return false
    this.#save(rest)
    return true
  }

  /** The bouncers, without their keys. */
  list(): Bouncer[] {
    return [...this.#bouncers.map(listed), ...this.#certified.values()]
  }

  /** The bouncer that a certificate names. The oldest of very many is forgotten; it is known again when it comes. */
  ofCertificate(name: string): Bouncer {
    const known = this.#certified.get(name)
    if (known !== undefined) return known
    const [oldest] = this.#certified.keys()
    if (this.#certified.size >= maxBouncers && oldest !== undefined) this.#certified.delete(oldest)
    const bouncer: Bouncer = { name, created: new Date(this.#now()).toISOString(), certificate: true }
    this.#certified.set(name, bouncer)
    return bouncer
  }

  /** The bouncer that a key belongs to. Takes the same time for every key. */
  find(key: string): Bouncer | undefined {
    const hash = digest(key)
    let found: StoredBouncer | undefined
    for (const bouncer of this.#bouncers) {
      if (timingSafeEqual(hash, Buffer.from(bouncer.keyHash, 'hex'))) found = bouncer
    }
    return found === undefined ? undefined : listed(found)
  }
}

function listed(stored: StoredBouncer): Bouncer {
  const { keyHash: _, ...bouncer } = stored
  return bouncer
}
