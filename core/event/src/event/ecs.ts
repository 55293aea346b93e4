/**
 * The part of the Elastic Common Schema 9 that our own parts write, as nested objects (never dotted keys).
 * Importers may carry any further ECS field; `decodeEvent` keeps those within limits.
 * Source: ECS 9.x field reference.
 */

/** ISO 8601 time in UTC with milliseconds, for example `2026-01-31T12:00:00.000Z`. */
export type Timestamp = string

/** ECS `event.kind`. */
export type EventKind = 'alert' | 'enrichment' | 'event' | 'metric' | 'state' | 'pipeline_error' | 'signal'

/** ECS `event.outcome`. */
export type EventOutcome = 'success' | 'failure' | 'unknown'

/** ECS `event.*`. `duration` is in nanoseconds, `severity` 0 to 100. */
export interface EcsEvent {
  readonly id: string
  readonly kind: EventKind
  readonly category: readonly string[]
  readonly type: readonly string[]
  readonly action: string
  readonly dataset: string
  readonly module: string
  readonly sequence: number
  readonly outcome?: EventOutcome
  readonly reason?: string
  readonly severity?: number
  readonly risk_score?: number
  readonly duration?: number
  readonly original?: string
  readonly provider?: string
  readonly code?: string
  readonly created?: Timestamp
}

/** ECS `agent.*`: who wrote the event. `ephemeral_id` is the epoch of the writer's spool. */
export interface EcsAgent {
  readonly id: string
  readonly ephemeral_id: string
  readonly type?: string
  readonly version?: string
}

/** ECS autonomous system. */
export interface EcsAs {
  readonly number: number
  readonly organization?: { readonly name?: string }
}

/** ECS geo fields that we fill. */
export interface EcsGeo {
  readonly country_iso_code?: string
  readonly continent_code?: string
  readonly city_name?: string
}

/** ECS `source.*`, `client.*` or `destination.*`. `bytes` counts bytes sent by that side. */
export interface EcsEndpoint {
  readonly address?: string
  readonly ip?: string
  readonly port?: number
  readonly domain?: string
  readonly bytes?: number
  readonly as?: EcsAs
  readonly geo?: EcsGeo
}

/** ECS `url.*`. */
export interface EcsUrl {
  readonly scheme?: string
  readonly domain?: string
  readonly port?: number
  readonly path?: string
  readonly query?: string
  readonly original?: string
  readonly full?: string
}

/** ECS `http.*`. Sizes are bytes. */
export interface EcsHttp {
  readonly version?: string
  readonly request?: {
    readonly id?: string
    readonly method?: string
    readonly referrer?: string
    readonly mime_type?: string
    readonly bytes?: number
    readonly body?: { readonly bytes?: number }
  }
  readonly response?: {
    readonly status_code?: number
    readonly mime_type?: string
    readonly bytes?: number
    readonly body?: { readonly bytes?: number }
  }
}

/** ECS `rule.*`: the rule that judged. */
export interface EcsRule {
  readonly id?: string
  readonly name?: string
  readonly category?: string
  readonly description?: string
  readonly ruleset?: string
  readonly version?: string
  readonly uuid?: string
  readonly author?: readonly string[]
  readonly license?: string
}

/** ECS `threat.*`: MITRE ATT&CK identifiers as strings. */
export interface EcsThreat {
  readonly framework?: string
  readonly tactic?: { readonly id?: readonly string[]; readonly name?: readonly string[] }
  readonly technique?: { readonly id?: readonly string[]; readonly name?: readonly string[] }
}

/** ECS `user.*`. */
export interface EcsUser {
  readonly id?: string
  readonly name?: string
  readonly hash?: string
  readonly roles?: readonly string[]
}

/** ECS `process.*`. */
export interface EcsProcess {
  readonly pid?: number
  readonly name?: string
  readonly executable?: string
  readonly command_line?: string
  readonly args?: readonly string[]
}

/** ECS `error.*`. */
export interface EcsError {
  readonly message?: string
  readonly type?: string
  readonly code?: string
  readonly stack_trace?: string
}

/** ECS `file.*`. */
export interface EcsFile {
  readonly path?: string
  readonly name?: string
  readonly hash?: { readonly sha256?: string }
}
