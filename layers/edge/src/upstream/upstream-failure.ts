/** Why an upstream gave no (whole) answer. Codes are stable; docs/edge.md lists them. */
export type UpstreamFailureCode =
  | 'EDGE_UPSTREAM_CONNECT'
  | 'EDGE_UPSTREAM_CONNECT_TIMEOUT'
  | 'EDGE_UPSTREAM_CLOSED'
  | 'EDGE_UPSTREAM_MALFORMED'
  | 'EDGE_UPSTREAM_TIMEOUT'
  | 'EDGE_UPSTREAM_BODY_TIMEOUT'
  | 'EDGE_UPSTREAM_BUSY'
  | 'EDGE_UPSTREAM_LOOP'
  | 'EDGE_UPSTREAM_TLS'
  | 'EDGE_UPSTREAM_DOWN'
  | 'EDGE_CLIENT_STALLED'

/** A failed upstream: the status that a client gets when nothing was answered yet. */
export interface UpstreamFailure {
  readonly code: UpstreamFailureCode
  readonly status: 502 | 503 | 504
  readonly detail: string
  /** True when nothing but the closing of an idle connection was seen: a safe request may be sent again. */
  readonly retryable: boolean
  /** True when nothing of the request was sent: any request may be tried elsewhere. */
  readonly unsent: boolean
}

const statuses: Readonly<Record<UpstreamFailureCode, 502 | 503 | 504>> = {
  EDGE_UPSTREAM_CONNECT: 502,
  EDGE_UPSTREAM_CONNECT_TIMEOUT: 504,
  EDGE_UPSTREAM_CLOSED: 502,
  EDGE_UPSTREAM_MALFORMED: 502,
  EDGE_UPSTREAM_TIMEOUT: 504,
  EDGE_UPSTREAM_BODY_TIMEOUT: 504,
  EDGE_UPSTREAM_BUSY: 503,
  EDGE_UPSTREAM_LOOP: 502,
  EDGE_UPSTREAM_TLS: 502,
  EDGE_UPSTREAM_DOWN: 503,
  EDGE_CLIENT_STALLED: 503,
}

// Before these, no byte of a request leaves us.
const unsent: ReadonlySet<UpstreamFailureCode> = new Set<UpstreamFailureCode>([
  'EDGE_UPSTREAM_CONNECT',
  'EDGE_UPSTREAM_CONNECT_TIMEOUT',
  'EDGE_UPSTREAM_TLS',
])

/** Makes a failure. */
export function upstreamFailure(code: UpstreamFailureCode, detail = '', retryable = false): UpstreamFailure {
  return { code, status: statuses[code], detail, retryable, unsent: unsent.has(code) }
}
