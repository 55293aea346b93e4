import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { isJsonObject, isPartName, parseBoundedJson } from '@sevenfold/event'
import type { PartName } from '@sevenfold/event'
import { areDatasets, isHostName, writeAtomic } from '@sevenfold/layer'
import { HostsError } from './hosts-error.ts'

/** A token that was given out and not used yet; the secret itself is kept nowhere. */
export interface OpenToken {
  /** SHA-256 of the secret, hex. */
  readonly hash: string
  readonly host: string
  readonly layer: PartName
  readonly datasets: readonly string[]
  readonly expiresMs: number
  /** Who asked for it. */
  readonly actor: string
}

/** Most tokens open at a time. */
export const maxOpenTokens = 256
/** Shortest and longest time that a token holds, in milliseconds. */
export const tokenLife = { minMs: 1_000, maxMs: 604_800_000 } as const

const limits = { maxTextLength: 1_048_576, maxDepth: 5, maxNodes: 20_000, maxStringLength: 256 }

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

function readToken(value: unknown): OpenToken[] {
  if (!isJsonObject(value)) return []
  const { hash, host, layer, datasets, expiresMs, actor } = value
  if (typeof hash !== 'string' || !isHostName(host) || !isPartName(layer) || !areDatasets(datasets)) return []
  if (typeof expiresMs !== 'number') return []
  return [{ hash, host, layer, datasets, expiresMs, actor: typeof actor === 'string' ? actor : '' }]
}

/** Tokens on disk: single use, for one host and layer, for a short while. */
export class TokenStore {
  readonly #path: string
  readonly #now: () => number
  #tokens: readonly OpenToken[]

  constructor(path: string, now: () => number) {
    this.#path = path
    this.#now = now
    const parsed = existsSync(path) ? parseBoundedJson(readFileSync(path, 'utf8'), limits) : undefined
    const list = parsed?.ok === true && isJsonObject(parsed.value) ? parsed.value['tokens'] : []
    // A damaged file costs tokens, never opens a door.
    this.#tokens = Array.isArray(list) ? list.flatMap(readToken) : []
  }

  /** Tokens that can still be used. */
  open(): readonly OpenToken[] {
    return this.#tokens.filter(({ expiresMs }) => expiresMs > this.#now())
  }

  /** Makes a token; gives its secret, which is shown this once. @throws HostsError HOSTS_TOO_MANY. */
  create(wish: Omit<OpenToken, 'hash'>): string {
    const open = this.open()
    if (open.length >= maxOpenTokens)
      throw new HostsError('HOSTS_TOO_MANY', `${maxOpenTokens} tokens are open: wait until some have expired`)
    const secret = randomBytes(32).toString('base64url')
    this.#keep([...open, { ...wish, hash: hashOf(secret) }])
    return secret
  }

  /** The token of a secret; undefined when it was used, has expired, or never was. */
  find(secret: string): OpenToken | undefined {
    const hash = hashOf(secret)
    return this.open().find((token) => token.hash === hash)
  }

  /** Ends a token. Durable when it returns: it cannot come back after a crash. */
  burn(token: OpenToken): void {
    this.#keep(this.open().filter(({ hash }) => hash !== token.hash))
  }

  /** Ends the tokens of a host. */
  burnHost(host: string): void {
    this.#keep(this.open().filter((token) => token.host !== host))
  }

  #keep(tokens: readonly OpenToken[]): void {
    writeAtomic(this.#path, `${JSON.stringify({ v: 1, tokens }, undefined, 2)}\n`)
    this.#tokens = tokens
  }
}
