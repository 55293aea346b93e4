import type { Decision, DecisionScope } from '@sevenfold/event'
import { formatGoDuration } from './go-duration.ts'

/** A decision as it is kept: with its end as a number, so that nothing depends on when it is read. */
export interface StoredDecision {
  readonly id: number
  readonly uuid: string
  readonly type: string
  readonly scope: DecisionScope
  readonly value: string
  /** Milliseconds since 1970. */
  readonly untilMs: number
  readonly origin: string
  readonly scenario: string
  /** Recorded and shown, not given to enforcement. */
  readonly simulated: boolean
  /** Alert that led to it. */
  readonly alertId?: number
  /** Machine that asked for it; none for our own engine and for acts by hand. */
  readonly machine?: string
}

/** The decision as our own parts exchange it. `duration` is what is left at `nowMs`. */
export function toDecision(stored: StoredDecision, nowMs: number): Decision {
  const { id, uuid, type, scope, value, untilMs, origin, scenario, simulated } = stored
  return {
    id,
    uuid,
    type,
    scope,
    value,
    duration: formatGoDuration(untilMs - nowMs),
    until: new Date(untilMs).toISOString(),
    origin,
    scenario,
    ...(simulated ? { simulated } : {}),
  }
}

const crowdsecNames: Readonly<Record<DecisionScope, string>> = {
  ip: 'Ip',
  range: 'Range',
  country: 'Country',
  as: 'AS',
  username: 'username',
  session: 'session',
}

/** A scope in CrowdSec's spelling. */
export function crowdsecScope(scope: DecisionScope): string {
  return crowdsecNames[scope]
}

/** The decision as CrowdSec's Local API writes it: scopes in its spelling. */
export function toCrowdsec(
  stored: StoredDecision,
  nowMs: number,
): Omit<Decision, 'scope'> & { scope: string } {
  return { ...toDecision(stored, nowMs), scope: crowdsecNames[stored.scope] }
}

/** The scope in any spelling; undefined for one that we do not know. */
export function parseScope(text: string): DecisionScope | undefined {
  const lower = text.toLowerCase()
  return Object.hasOwn(crowdsecNames, lower) ? (lower as DecisionScope) : undefined // own key of the record above
}

/** Decisions with this in common stand for the same ban; enforcement needs the longest of them only. */
export function banKey(stored: Pick<StoredDecision, 'type' | 'scope' | 'value'>): string {
  return `${stored.scope} ${stored.value} ${stored.type}`
}

/** A value for people and events: a session's id is a secret that lets in whoever knows it, so only its start is shown. */
export function shownValue(scope: DecisionScope, value: string): string {
  return scope === 'session' ? `${value.slice(0, 4)}…` : value
}
