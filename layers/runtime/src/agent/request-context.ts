import { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { collectBody, collectHead, collectStrings } from './inputs/collect.ts'
import { canHarm } from './inputs/zones.ts'
import type { StoredInputs } from './inputs/stored-inputs.ts'
import { variantsOf } from './inputs/variants.ts'

/** Bytes of a body that are kept for reading its inputs. */
const maxBodyBytes = 1_048_576

/**
 * One request while it is served. Nothing is read before a sink asks: most requests reach none, and then cost a
 * reference and an async context.
 */
export class RequestContext {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Objects that JSON.parse made while this request was served. */
  readonly parsed: unknown[] = []
  /** Paths that left their base through an input. */
  readonly joined: Set<string> = new Set()
  /** An input chose the host of an outgoing request: connections to inner addresses are refused from here on. */
  guardsAddresses = false
  #chunks: Uint8Array[] = []
  #bodyBytes = 0
  #harmful: ReadonlySet<string> | undefined
  #seenParsed = 0
  #seenBody = 0
  readonly #stored: StoredInputs

  constructor(request: IncomingMessage, response: ServerResponse, stored: StoredInputs) {
    this.request = request
    this.response = response
    this.#stored = stored
  }

  /** Keeps a piece of the body. */
  addChunk(chunk: Uint8Array): void {
    if (this.#bodyBytes + chunk.length > maxBodyBytes) return
    this.#bodyBytes += chunk.length
    this.#chunks.push(chunk)
  }

  /** Everything from this request that could change the meaning of a statement, in all its forms. */
  inputs(): ReadonlySet<string> {
    if (
      this.#harmful !== undefined &&
      this.#seenParsed === this.parsed.length &&
      this.#seenBody === this.#bodyBytes
    )
      return this.#harmful
    this.#seenParsed = this.parsed.length
    this.#seenBody = this.#bodyBytes
    const all = new Set<string>()
    collectHead(this.request, all)
    for (const value of this.parsed) collectStrings(value, all)
    const type = this.request.headers['content-type'] ?? ''
    if (this.#chunks.length > 0 && (this.parsed.length === 0 || !type.includes('json'))) {
      collectBody(type, Buffer.concat(this.#chunks).toString('utf8'), all)
    }
    const harmful = new Set<string>()
    for (const text of all) for (const variant of variantsOf(text)) if (canHarm(variant)) harmful.add(variant)
    for (const text of harmful) this.#stored.remember(text)
    this.#harmful = harmful
    return harmful
  }

  /** As `inputs`, and what earlier requests may have stored. */
  inputsAndStored(): Iterable<string> {
    return new Set([...this.inputs(), ...this.#stored.all()])
  }

  /** Objects that the request brought: parsed JSON and what frameworks put on it. */
  bodies(): readonly unknown[] {
    const extended = this.request as unknown as { readonly body?: unknown; readonly query?: unknown }
    return [...this.parsed, extended.body, extended.query]
  }
}

/** The request that is being served; undefined outside of requests. */
export const currentRequest: AsyncLocalStorage<RequestContext> = new AsyncLocalStorage()
