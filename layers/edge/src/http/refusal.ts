/** Why a message was refused. Codes are stable; docs/edge.md lists them. */
export type RefusalCode =
  | 'EDGE_BARE_LF'
  | 'EDGE_REQUEST_LINE'
  | 'EDGE_METHOD'
  | 'EDGE_TARGET'
  | 'EDGE_TARGET_TOO_LONG'
  | 'EDGE_VERSION'
  | 'EDGE_HEADER_SYNTAX'
  | 'EDGE_HEADERS_TOO_LARGE'
  | 'EDGE_TOO_MANY_HEADERS'
  | 'EDGE_HEADER_REPEATED'
  | 'EDGE_HEADER_UNDERSCORE'
  | 'EDGE_HOST'
  | 'EDGE_HOST_MISMATCH'
  | 'EDGE_CONTENT_LENGTH'
  | 'EDGE_TRANSFER_ENCODING'
  | 'EDGE_TRANSFER_ENCODING_UNKNOWN'
  | 'EDGE_LENGTH_AND_ENCODING'
  | 'EDGE_CHUNK'
  | 'EDGE_TRAILER'
  | 'EDGE_BODY_TOO_LARGE'
  | 'EDGE_EXPECT'
  | 'EDGE_UPGRADE'
  | 'EDGE_HEADER_TIMEOUT'
  | 'EDGE_BODY_TIMEOUT'
  | 'EDGE_HTTP2_RESETS'
  | 'EDGE_HTTP2_CONTROLS'
  | 'EDGE_STATUS_LINE'
  | 'EDGE_BODY_FRAMING'

/** A refused message: the status that a client gets, and the reason in words. */
export interface Refusal {
  readonly refused: true
  readonly code: RefusalCode
  readonly status: number
  readonly message: string
}

const table: Readonly<Record<RefusalCode, readonly [status: number, message: string]>> = {
  EDGE_BARE_LF: [400, 'a line ends without carriage return'],
  EDGE_REQUEST_LINE: [400, 'malformed request line'],
  EDGE_METHOD: [501, 'method not supported'],
  EDGE_TARGET: [400, 'malformed request target'],
  EDGE_TARGET_TOO_LONG: [414, 'request target too long'],
  EDGE_VERSION: [505, 'HTTP version not supported'],
  EDGE_HEADER_SYNTAX: [400, 'malformed header'],
  EDGE_HEADERS_TOO_LARGE: [431, 'request head too large'],
  EDGE_TOO_MANY_HEADERS: [431, 'too many headers'],
  EDGE_HEADER_REPEATED: [400, 'a header that must stand alone is repeated'],
  EDGE_HEADER_UNDERSCORE: [400, 'a header name with underscores or dots stands for another header'],
  EDGE_HOST: [400, 'missing, repeated or malformed Host'],
  EDGE_HOST_MISMATCH: [400, 'request target and Host name different hosts'],
  EDGE_CONTENT_LENGTH: [400, 'malformed Content-Length'],
  EDGE_TRANSFER_ENCODING: [400, 'Transfer-Encoding is not allowed here'],
  EDGE_TRANSFER_ENCODING_UNKNOWN: [501, 'transfer coding not supported'],
  EDGE_LENGTH_AND_ENCODING: [400, 'both Content-Length and Transfer-Encoding'],
  EDGE_CHUNK: [400, 'malformed chunk'],
  EDGE_TRAILER: [400, 'malformed trailer'],
  EDGE_BODY_TOO_LARGE: [413, 'request body too large'],
  EDGE_EXPECT: [417, 'expectation not supported'],
  EDGE_UPGRADE: [400, 'upgrade not supported'],
  EDGE_HEADER_TIMEOUT: [408, 'request head took too long'],
  EDGE_BODY_TIMEOUT: [408, 'request body took too long'],
  EDGE_HTTP2_RESETS: [429, 'too many requests were given up'],
  EDGE_HTTP2_CONTROLS: [429, 'too many control frames'],
  EDGE_STATUS_LINE: [502, 'malformed status line'],
  EDGE_BODY_FRAMING: [502, 'ambiguous length of the answer'],
}

/** All codes, for docs and metrics. */
export const refusalCodes: readonly RefusalCode[] = Object.keys(table) as RefusalCode[] // keys of a literal

/** The refusal of a code: one shared object each, so that floods of bad requests allocate nothing. */
export const refusals: Readonly<Record<RefusalCode, Refusal>> = Object.fromEntries(
  refusalCodes.map((code) => [
    code,
    { refused: true, code, status: table[code][0], message: table[code][1] },
  ]),
) as unknown as Readonly<Record<RefusalCode, Refusal>> // built from every key of the table
