/**
 * The seam between the edge and an inspection engine: resumable, its work counted in steps, without a clock.
 */

/**
 * A string of bytes: each UTF-16 code unit is one byte, 0 to 255 (Latin-1). JavaScript engines store these one byte
 * a character and cut substrings without copying, and regular expressions run on them directly. Encodings are never
 * guessed.
 */
export type ByteString = string

/** What the inspection says after each call. */
export type Verdict =
  /** Go on; nothing more is wanted in this phase. */
  | { readonly kind: 'pass' }
  /** Go on, and keep sending the body. */
  | { readonly kind: 'more' }
  /** The slice of steps is used up: call `resume`. */
  | { readonly kind: 'yield' }
  /** Close the connection without an answer. */
  | { readonly kind: 'drop' }
  /** The transaction's budget is used up; the edge fails closed unless the site says otherwise. */
  | { readonly kind: 'exhausted' }
  | { readonly kind: 'deny'; readonly status: number }
  | { readonly kind: 'redirect'; readonly status: number; readonly location: string }

/** Facts of the connection that a request arrived on. Addresses are text without zone or brackets. */
export interface ConnectionInfo {
  readonly clientAddress: string
  readonly clientPort: number
  readonly serverAddress: string
  readonly serverPort: number
  readonly tls: boolean
  /** Request id; also the ledger's `http.request.id`. */
  readonly requestId: string
  /** Start of the request, milliseconds since 1970, for TIME variables: the engine has no clock. */
  readonly startedAtMs: number
  readonly site?: string
}

/** Names and values alternating, in wire order, duplicates kept, spelling as received. */
export type RawHeaders = readonly ByteString[]

/** Head of a request as received, after the edge's own strict parsing. */
export interface RawRequestHead {
  readonly kind: 'request'
  readonly method: ByteString
  /** Request target as received. */
  readonly target: ByteString
  /** `1.0`, `1.1`, `2`. */
  readonly version: ByteString
  readonly headers: RawHeaders
}

/** Head of a response from the upstream. */
export interface RawResponseHead {
  readonly kind: 'response'
  readonly status: number
  readonly reason: ByteString
  readonly version: ByteString
  readonly headers: RawHeaders
}

/** Head of a message. */
export type RawHead = RawRequestHead | RawResponseHead

/** One rule that matched. */
export interface RuleMatch {
  readonly ruleId: string
  readonly phase: number
  readonly message: string
  /** Log data with macros expanded, cut to 200 characters, not yet redacted. */
  readonly data: string
  readonly severity: number | null
  readonly tags: readonly string[]
  /** For example `ARGS:q`. */
  readonly variable: string
  readonly ruleset: string
  readonly disruptive: boolean
}

/** What an inspection found so far. */
export interface MatchReport {
  readonly matches: readonly RuleMatch[]
  /** Inbound anomaly score. */
  readonly score: number
  readonly outboundScore: number
  /** Steps used by the transaction so far. */
  readonly steps: number
  /** The verdict that ended the transaction, or null. In monitor mode this is what would have been done. */
  readonly interruption: Verdict | null
}

/** One transaction. Calls come in the order of the methods; the response part may be left out. */
export interface Inspection {
  requestHead(head: RawRequestHead): Verdict
  requestBody(chunk: Uint8Array): Verdict
  requestEnd(): Verdict
  responseHead(head: RawResponseHead): Verdict
  responseBody(chunk: Uint8Array): Verdict
  responseEnd(): Verdict
  /** Goes on after `yield` with a slice of at most `stepBudget` further steps. */
  resume(stepBudget: number): Verdict
  report(): MatchReport
  close(): void
}

/** Makes inspections; one per compiled rule set. */
export interface Inspector {
  open(connection: ConnectionInfo): Inspection
}
