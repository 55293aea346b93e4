import { bodyTextOf } from './inputs/body-text.ts'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import {
  collectBody,
  collectHead,
  collectStrings,
  collectTarget,
  isUsualHeader,
  maxInputs,
} from './inputs/collect.ts'
import { climbingPackedNames } from './inputs/archive-names.ts'
import { LateParts } from './inputs/late-parts.ts'
import { parseJson } from './inputs/parse-json.ts'
import { hasPlainHead, mayNameWord } from './inputs/plain-head.ts'
import { formsOf, holds } from './inputs/path-forms.ts'
import type { PathForm } from './inputs/path-forms.ts'
import type { StoredInputs } from './inputs/stored-inputs.ts'
import { shortestEncoded, variantsOf } from './inputs/variants.ts'
import { canHarm } from './inputs/zones.ts'
import type { UseKind } from './profile/profile.ts'
import { InFlight } from './in-flight.ts'
import { lastingMarkup } from './judges/judge-html.ts'
import { createStore } from './request-store.ts'
import type { Store } from './request-store.ts'

/** Bytes of a body that are kept for reading its inputs. */
export const maxBodyBytes = 1_048_576
/** JSON texts parsed while serving one request that are remembered. */
export const maxParsed = 64

const lessThan = 0x3c
const percent = 0x25
const backslash = 0x5c
// A letter by its number, a slash, and a backslash that may be read as one.
const escapes = [String.raw`\u`, String.raw`\/`, '\\\\']
const nothing: ReadonlySet<string> = new Set()
const jsonType = /^[^;]*json/i
/** Uses of one request that are learned. */
const maxUses = 1_000

// Quotes, comments, shell marks, climbing paths, options.
const telling = /['"`;|&$<>\\(){}*]|--|\/\*|\.\.|^-|^\/|:\/\//

function includes(bytes: Uint8Array, part: string | Uint8Array): boolean {
  return Buffer.prototype.includes.call(bytes, part)
}

function isEmpty(body: unknown): boolean {
  return body === undefined || body === null || (typeof body === 'object' && Object.keys(body).length === 0)
}

/** As `RequestContext.mayHold`, for one part of a head. Every form, and every other spelling, is as long as the path at least. */
function mayHoldForm(text: string, path: string, forms: readonly PathForm[]): boolean {
  return text.length >= path.length && (text.includes('%') || text.includes('\\') || holds(text, forms))
}

/** What a place did while serving a request. */
export interface Observed {
  readonly kind: UseKind
  readonly site: string
  readonly value: string
}

let newestNumber = 0

/**
 * One request while it is served. Nothing is read before a sink asks: most requests reach none, and then cost a
 * reference and an async context.
 */
export class RequestContext {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** As the client asked; asked for at once, as the headers. */
  readonly method: string
  /** Path and query as they came: frameworks cut the path while it is routed. */
  readonly target: string
  /**
   * Its headers, asked for at once: frameworks give requests a prototype of their own, and then each look at one costs as
   * much as a call. Node has read them by then.
   */
  readonly headers: IncomingHttpHeaders
  /** An input chose the host of an outgoing request: connections to inner addresses are refused from here on. */
  guardsAddresses = false
  /** The answer was refused: status 403 and no more of the application's body. */
  isAnswerRefused = false
  /** Its request is closed: nobody hears of it any more. */
  isRequestClosed = false
  /** And its answer. */
  isAnswerClosed = false
  /** The application has ended its answer. As `writableEnded` of the answer, which costs more to ask. */
  isEnded = false
  /** Something was refused or noticed: nothing is learned from this request. */
  isScored = false
  /** Markup of this request, once an answer is sent in pieces. */
  ownMarkup: ReadonlySet<string> | undefined
  /** Markup in the answer was told of. */
  isMarkupTold = false
  /** Steps of regular expressions that were counted. */
  countedSteps = 0
  /** A login was told of. */
  hasTold = false
  /** Who the application says this request works for. */
  user: string | undefined
  /** Its address could bring markup, once that was asked. */
  isTargetHarmful: boolean | undefined
  /** Another one for each request of this thread. */
  readonly number: number
  /** Its slot among the requests in flight. */
  slot = -1
  /** Its slot among the open exchanges. */
  openSlot = -1
  // Made when needed: one is created for each request, and most requests need none of them.
  #type: string | undefined
  #isJson: boolean | undefined
  #joined: Set<string> | undefined
  #parsed: string[] | undefined
  #chunks: Uint8Array[] | undefined
  #late: LateParts | undefined
  #bodyBytes = 0
  /** Bytes of the body that were found to hold no escapes. */
  #plainBytes = -1
  #raw: ReadonlySet<string> = nothing
  #harmful: ReadonlySet<string> | undefined
  #seenParsed = 0
  #uses: Observed[] | undefined
  #isTelling: boolean | undefined
  #isPlainHead: boolean | undefined
  #seenBody = 0
  readonly #stored: StoredInputs

  constructor(request: IncomingMessage, response: ServerResponse, stored: StoredInputs) {
    this.request = request
    this.response = response
    this.method = request.method ?? ''
    this.target = request.url ?? ''
    this.headers = request.headers
    newestNumber += 1
    this.number = newestNumber
    this.#stored = stored
  }

  /** Type of its body; empty when it names none. */
  get type(): string {
    this.#type ??= this.headers['content-type'] ?? ''
    return this.#type
  }

  /** Does its body come as JSON? By its media type alone: parameters are the client's to choose. */
  get isJson(): boolean {
    this.#isJson ??= jsonType.test(this.type)
    return this.#isJson
  }

  /** Keeps a piece of the body. */
  addChunk(chunk: Uint8Array): void {
    if (this.#bodyBytes + chunk.length > maxBodyBytes) {
      if (!this.type.includes('multipart/')) return
      this.#late ??= new LateParts()
      this.#late.add(chunk)
      return
    }
    this.#bodyBytes += chunk.length
    if (this.#chunks === undefined) this.#chunks = [chunk]
    else this.#chunks.push(chunk)
  }

  /**
   * Remembers JSON that was parsed now; whether it came with the request is asked only when a sink wants to know. Only
   * the text is kept: thousands of small objects that outlive their use would keep the garbage collector busy. A text
   * as long as a JSON body is that body, whose bytes are kept already.
   */
  addParsed(text: string): void {
    if (text.length > maxBodyBytes || (text.length === this.#bodyBytes && this.isJson)) return
    if (this.#parsed === undefined) this.#parsed = [text]
    else if (this.#parsed.length < maxParsed) this.#parsed.push(text)
  }

  /** Paths that left their base through an input. */
  joined(): ReadonlySet<string> {
    return this.#joined ?? nothing
  }

  /** Adds such a path. */
  addJoined(path: string): void {
    this.#joined ??= new Set()
    this.#joined.add(path)
  }

  /** Bytes of the body that have arrived and are kept. */
  get bodyBytes(): number {
    return this.#bodyBytes
  }

  /** True once something more than the head has arrived. */
  hasBody(): boolean {
    return this.#bodyBytes > 0
  }

  /**
   * False when an absolute path surely did not come with this request, neither whole nor inside of an input, which is
   * cheaper to know than all of its inputs: it stands nowhere as it is or in base64, and nothing long enough is escaped.
   */
  mayHold(path: string): boolean {
    const { target, headers } = this
    const forms = formsOf(path)
    if (forms === undefined || mayHoldForm(target, path, forms)) return true
    for (const name of Object.keys(headers)) {
      const value = headers[name] ?? ''
      if (typeof value !== 'string' || mayHoldForm(value, path, forms)) return true
    }
    return this.#bodyMayHold(forms)
  }

  /** True when no input names an address or a host with a dot: no body came, and the head is made of words. */
  isPlain(): boolean {
    this.#isPlainHead ??= hasPlainHead(this.target, this.headers)
    return this.#isPlainHead && this.#hasNoBody()
  }

  /** False when surely no input names this host, which is cheaper to know than all of them. */
  mayName(host: string): boolean {
    return !this.isPlain() || mayNameWord(this.target, this.headers, host)
  }

  #hasNoBody(): boolean {
    // Servers that read bodies by other means leave them on the request.
    const { body } = this.request as unknown as { readonly body?: unknown }
    return this.#bodyBytes === 0 && isEmpty(body)
  }

  #bodyMayHold(forms: readonly PathForm[]): boolean {
    const chunks = this.#chunks
    if (chunks === undefined) return !this.#hasNoBody()
    const [chunk] = chunks
    if (chunks.length > 1 || chunk === undefined || !this.#isPlainBody(chunk)) return true
    // Most bodies lack a character of each form, which is quickly seen.
    for (const { rare, bytes } of forms) if (chunk.includes(rare) && includes(chunk, bytes)) return true
    return false
  }

  /** True for JSON in which no character of a path is written in another way. */
  #isPlainBody(chunk: Uint8Array): boolean {
    if (this.#plainBytes === this.#bodyBytes) return true
    const { type } = this
    if (!this.isJson || type.includes('charset') || this.headers['content-encoding'] !== undefined)
      return false
    if (chunk.includes(percent)) return false
    if (chunk.includes(backslash) && escapes.some((escape) => includes(chunk, escape))) return false
    this.#plainBytes = this.#bodyBytes
    return true
  }

  /** Every string that came with this request, as the application may see it, and their other spellings. */
  raw(): ReadonlySet<string> {
    this.#collect()
    return this.#raw
  }

  /** Those that could change the meaning of a statement. */
  inputs(): ReadonlySet<string> {
    this.#collect()
    return this.#harmful ?? nothing
  }

  /**
   * Inputs that a link or a form on another site can bring: from the address and from form bodies. A page cannot make a
   * browser send JSON or a header across sites and then show the answer.
   */
  linkable(): ReadonlySet<string> {
    const all = new Set<string>()
    collectTarget(this.target, all)
    if (this.#bodyBytes > 0 && !this.isJson) collectBody(this.type, this.bodyText(), all)
    return new Set([...all].flatMap((text) => variantsOf(text)))
  }

  /** Remembers what a place did while serving this request. */
  addUse(use: Observed): void {
    this.#uses ??= []
    if (this.#uses.length < maxUses) this.#uses.push(use)
  }

  /** What was done, to be learned now. */
  takeUses(): readonly Observed[] {
    const uses = this.#uses ?? []
    this.#uses = undefined
    return uses
  }

  /** True when the request carries marks beyond words and numbers where an application reads its values from. */
  isTelling(): boolean {
    if (this.#isTelling === true) return true
    const all = new Set<string>()
    const { headers } = this.request
    collectTarget(this.target, all)
    for (const name of Object.keys(headers)) if (!isUsualHeader(name)) collectStrings(headers[name], all)
    this.#collectBody(all)
    this.#isTelling = [...all].some((text) => variantsOf(text).some((variant) => telling.test(variant)))
    return this.#isTelling
  }

  /** Could the body that has arrived hold markup? Cheap, because it is asked for every request. */
  bodyMayHoldMarkup(): boolean {
    const chunks = this.#chunks
    if (chunks === undefined) return false
    const mark = this.type.includes('urlencoded') ? percent : lessThan
    for (const chunk of chunks) if (chunk.includes(mark)) return true
    return false
  }

  /** Markup of earlier requests that runs a script. */
  storedMarkup(): ReadonlySet<string> {
    return this.#stored.markup()
  }

  /** Remembers markup of this request that runs a script. */
  rememberMarkup(): void {
    for (const input of this.raw()) {
      const markup = lastingMarkup(input)
      if (markup !== undefined) this.#stored.rememberMarkup(markup)
    }
  }

  /** What earlier requests may have stored. */
  stored(): Iterable<string> {
    return this.#stored.all()
  }

  /** True when a text is one of the inputs, or the body itself. */
  isFromRequest(text: string): boolean {
    return this.raw().has(text) || this.bodyText() === text
  }

  /** Objects that the request brought: its JSON and what frameworks put on it. */
  bodies(): readonly unknown[] {
    const extended = this.request as unknown as { readonly body?: unknown; readonly query?: unknown }
    this.#collect()
    const own = (this.#parsed ?? []).filter((text) => this.isFromRequest(text)).map(parseJson)
    return [...own, parseJson(this.bodyText()), extended.body, extended.query]
  }

  /** The body as text, as far as it was kept. */
  bodyText(): string {
    const chunks = this.#chunks
    const first = chunks?.[0]
    if (chunks === undefined || first === undefined) return ''
    return bodyTextOf(chunks.length === 1 ? first : Buffer.concat(chunks), this.request.headers)
  }

  #collect(): void {
    const parsed = this.#parsed?.length ?? 0
    const bytes = this.#bodyBytes + (this.#late?.bytes ?? 0)
    if (this.#harmful !== undefined && this.#seenParsed === parsed && this.#seenBody === bytes) return
    this.#seenParsed = parsed
    this.#seenBody = bytes
    const all = new Set<string>()
    collectHead(this.request, all)
    if (this.request.url !== this.target) collectTarget(this.target, all)
    this.#collectBody(all)
    const harmful = new Set<string>()
    for (const text of all) this.#addVariants(text, all, harmful)
    // JSON inside an input: a cookie, a parameter, a field of a form, a token.
    for (const text of this.#parsed ?? []) {
      if (!all.has(text)) continue
      const inside = new Set<string>()
      collectStrings(parseJson(text), inside)
      for (const one of inside) {
        if (all.size < maxInputs * 2) all.add(one)
        this.#addVariants(one, all, harmful)
      }
    }
    this.#raw = all
    this.#harmful = harmful
  }

  #addVariants(text: string, all: Set<string>, harmful: Set<string>): void {
    // Most inputs: a short word has no other spelling and does no harm.
    if (text.length < shortestEncoded && !canHarm(text)) return
    for (const variant of variantsOf(text)) {
      if (all.size < maxInputs * 2) all.add(variant)
      if (!canHarm(variant)) continue
      harmful.add(variant)
      this.#stored.remember(variant)
    }
  }

  #collectBody(all: Set<string>): void {
    if (this.#bodyBytes === 0) {
      // Servers that read bodies by other means leave them on the request.
      collectStrings((this.request as unknown as { readonly body?: unknown }).body, all)
      return
    }
    const text = this.bodyText()
    // Some applications parse JSON that comes under another type.
    const isJson = this.isJson || this.#parsed?.includes(text) === true
    const value = isJson ? parseJson(text) : undefined
    if (value !== undefined) {
      collectStrings(value, all)
      return
    }
    const { type } = this
    collectBody(type, text, all)
    if (this.#late !== undefined) collectBody(type, this.#late.text(), all)
    if (!type.includes('urlencoded'))
      collectStrings(climbingPackedNames(Buffer.concat(this.#chunks ?? [])), all)
  }
}

/** The request that is being served; undefined outside of requests. */
export const currentRequest: Store<RequestContext> = createStore()

/** Requests that have no whole answer yet. */
export const inFlight: InFlight<RequestContext> = new InFlight()

/** True when the running code may work for a request: for a known one, or for one of those in flight. */
export function isServing(): boolean {
  return inFlight.size > 0 || currentRequest.getStore() !== undefined
}

/**
 * Where an object keeps its request. Hooks that are reached many times a request read it in a function of their own: V8
 * remembers few kinds of objects for each place that reads, and one place for all would know none.
 */
export const contextOf: unique symbol = Symbol('sevenfold.context')

// A property and not a weak map: thousands of short-lived keys in one would keep the garbage collector busy.
/** An object that knows its request. */
export interface Traced {
  [contextOf]?: RequestContext
}

/** The request that an object (a socket, an outgoing request) belongs to; messages of a server are found by `exchanges`. */
export function contextOfObject(object: object): RequestContext | undefined {
  return (object as Traced)[contextOf]
}

/** Says which request an object belongs to. */
export function setContextOf(object: object, context: RequestContext): void {
  ;(object as Traced)[contextOf] = context
}
