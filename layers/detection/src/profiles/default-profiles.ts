import type { Alert } from '../alerts/alert.ts'
import type { ProfileDecision, ProfileOutcome, Profiles } from './profile.ts'

/** How long logins of a user, or a session, are slowed down. */
export const throttleMs = 900_000

const none: ProfileOutcome = { decisions: [], matched: [], errors: [] }

/**
 * What holds without a profiles.yaml: a ban of the address for what its scenario wants answered, and for users and
 * sessions a throttle, since a ban of a user would do the attacker's work.
 */
export function defaultProfiles(banDurationMs: number): Profiles {
  const outcome = (
    name: string,
    decision: Pick<ProfileDecision, 'type' | 'durationMs' | 'scope' | 'value'>,
  ): ProfileOutcome => ({
    decisions: [{ ...decision, origin: 'sevenfold', simulated: false, escalates: true }],
    matched: [name],
    errors: [],
  })
  return {
    decide: (alert: Alert) => {
      if (!alert.remediation) return none
      const { value } = alert.source
      const scope = alert.source.scope.toLowerCase()
      if (scope === 'ip' || scope === 'range')
        return outcome('default', { type: 'ban', durationMs: banDurationMs, scope, value })
      if (scope === 'username')
        return outcome('default-users', { type: 'throttle', durationMs: throttleMs, scope, value })
      if (scope === 'session')
        return outcome('default-sessions', { type: 'ban', durationMs: banDurationMs, scope, value })
      return none
    },
  }
}
