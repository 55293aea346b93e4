/** What is done about the value: refused, challenged, or named in a list. CrowdSec's `type`. */
export type DecisionType = 'ban' | 'captcha' | 'throttle' | 'allow'

/** What `value` is. CrowdSec's `scope`, lower case here; `crowdsecScope` gives its spelling. */
export type DecisionScope = 'ip' | 'range' | 'country' | 'as' | 'username' | 'session'

/**
 * One decision, field for field as in CrowdSec's Local API, plus the absolute `until`.
 * Source: CrowdSec Local API swagger, `Decision`.
 */
export interface Decision {
  /** Unique within the issuing detection layer. */
  readonly id: number
  /** `ban`, `captcha` …; unknown types from other issuers are kept and treated as `ban` by enforcers that cannot do them. */
  readonly type: string
  readonly scope: DecisionScope
  /** Address, CIDR range, ISO country code, AS number, user name or session id. */
  readonly value: string
  /** Go duration left when the document was made, for example `3h59m58.5s`. */
  readonly duration: string
  /** Absolute end, ISO 8601 UTC. Enforcement points keep this on disk. */
  readonly until: string
  /** Who decided: `sevenfold`, `crowdsec`, `cscli`, `lists`, `CAPI`, `manual`. */
  readonly origin: string
  readonly scenario: string
  readonly uuid?: string
  readonly simulated?: boolean
}

/**
 * Payload of `GET /v1/decisions/live` (server-sent events `snapshot` and `delta`).
 * `version` grows by one per delta; a gap means: reconnect and take a snapshot.
 */
export interface DecisionDelta {
  readonly version: number
  readonly add: readonly Decision[]
  readonly remove: readonly number[]
}

/** Answer of CrowdSec's `GET /v1/decisions/stream`. Null and an empty list mean the same. */
export interface DecisionStream {
  readonly new: readonly Decision[] | null
  readonly deleted: readonly Decision[] | null
}
