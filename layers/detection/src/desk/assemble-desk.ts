import type { EventBuilder, EventDraft, Mode } from '@sevenfold/event'
import { AlertStore } from '../alerts/alert-store.ts'
import type { AlertRecord } from '../alerts/alert-store.ts'
import type { AllowLists } from '../allowlists/allow-lists.ts'
import type { NeverBan } from '../authority/never-ban.ts'
import { SiteShares } from '../authority/site-shares.ts'
import type { DecisionStore } from '../decisions/decision-store.ts'
import { defaultProfiles } from '../profiles/default-profiles.ts'
import type { Profiles } from '../profiles/profile.ts'
import { AlertDesk } from './alert-desk.ts'
import type { BlastRadius } from './blast-radius.ts'
import { DecisionGate } from './decision-gate.ts'
import { HeldBans } from './held-bans.ts'
import { Offenders } from './offenders.ts'
import type { Escalation } from './offenders.ts'

/** What a desk is put together from; what is left out is empty, or the default. */
export interface DeskParts {
  readonly store: DecisionStore
  readonly neverBan: NeverBan
  readonly events: EventBuilder
  readonly emit: (draft: EventDraft) => void
  readonly mode: () => Mode
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly banDurationMs: number
  readonly newUuid?: () => string
  readonly allowLists?: Pick<AllowLists, 'ranges' | 'reasons'>
  readonly profiles?: Profiles
  readonly escalation?: Escalation
  readonly isSimulated?: (scenario: string) => boolean
  readonly newBlastRadius?: () => BlastRadius
  readonly offenders?: Offenders
  readonly held?: HeldBans
  readonly alerts?: AlertStore
}

/** A desk with what belongs to it. */
export interface Desk {
  readonly desk: AlertDesk
  readonly gate: DecisionGate
  readonly alerts: AlertStore
  readonly shares: SiteShares
  readonly offenders: Offenders
  readonly held: HeldBans
}

/** Each further ban lasts twice as long, up to a week. */
export const defaultEscalation: Escalation = { factor: 2, maxMs: 7 * 86_400_000 }

const noAllowLists: Pick<AllowLists, 'ranges' | 'reasons'> = { ranges: () => [], reasons: () => [] }
const forget = (_record: AlertRecord): void => undefined

/** Puts a desk together; one that keeps nothing on disk unless the parts do. */
export function assembleDesk(parts: DeskParts): Desk {
  const { store, neverBan, now, events, emit, mode, banDurationMs } = parts
  const gate = new DecisionGate(neverBan, parts.allowLists ?? noAllowLists)
  const alerts = parts.alerts ?? new AlertStore({ now, newUuid: parts.newUuid ?? (() => ''), append: forget })
  const shares = new SiteShares()
  const offenders = parts.offenders ?? new Offenders(() => undefined)
  const held = parts.held ?? new HeldBans({ now })
  const desk = new AlertDesk({
    store,
    alerts,
    gate,
    neverBan,
    shares,
    offenders,
    held,
    profiles: parts.profiles ?? defaultProfiles(banDurationMs),
    escalation: parts.escalation ?? defaultEscalation,
    isSimulated: parts.isSimulated ?? (() => false),
    events,
    emit,
    mode,
    now,
    banDurationMs,
    ...(parts.newBlastRadius === undefined ? {} : { newBlastRadius: parts.newBlastRadius }),
  })
  return { desk, gate, alerts, shares, offenders, held }
}
