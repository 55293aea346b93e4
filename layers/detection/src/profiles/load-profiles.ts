import { GoTime } from '@sevenfold/behaviour'
import type { DecisionFacility } from '@sevenfold/behaviour'
import type { AlertStore } from '../alerts/alert-store.ts'
import { canonicalAddress } from '../authority/address.ts'
import type { DecisionStore } from '../decisions/decision-store.ts'
import type { StoredDecision } from '../decisions/stored-decision.ts'
import type { Offenders } from '../desk/offenders.ts'
import type { Profiles } from './profile.ts'
import { readProfiles } from './read-profiles.ts'
import { runProfiles } from './run-profiles.ts'

/** What expressions of profiles can ask about. */
export interface ProfileSurroundings {
  readonly store: DecisionStore
  readonly offenders: Offenders
  readonly alerts: AlertStore
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly banDurationMs: number
}

/** The decisions there are, for `GetDecisionsCount` and its kin in profiles and scenarios. */
export function decisionFacility(around: Omit<ProfileSurroundings, 'banDurationMs'>): DecisionFacility {
  const { store, offenders, alerts, now } = around
  const activeOn = (value: string): StoredDecision[] => {
    const spelled = canonicalAddress(value) ?? value
    return (['ip', 'range', 'username', 'session', 'country', 'as'] as const).flatMap((scope) => [
      ...store.at({ scope, value: spelled }),
    ])
  }
  return {
    count: (value) => offenders.count(canonicalAddress(value) ?? value, now()),
    countSince: (value, ms) =>
      alerts.newestFirst().filter(({ source, created_at, decisionIds }) => {
        return source.value === value && decisionIds.length > 0 && Date.parse(created_at) >= now() - ms
      }).length,
    activeCount: (value) => activeOn(value).length,
    activeTimeLeftMs: (value) => Math.max(0, ...activeOn(value).map(({ untilMs }) => untilMs - now())),
  }
}

/** Compiles the text of a file of profiles. Throws `DETECTION_BAD_PROFILE` with file, line and column. */
export function loadProfiles(text: string, file: string, around: ProfileSurroundings): Profiles {
  const facilities = { now: () => new GoTime(around.now()), decisions: decisionFacility(around) }
  return runProfiles(readProfiles(text, file, facilities), around.banDurationMs)
}
