import type { Clock, Logger } from '@sevenfold/layer'
import type { AlertStore } from '../alerts/alert-store.ts'
import type { AllowLists } from '../allowlists/allow-lists.ts'
import type { NeverBan } from '../authority/never-ban.ts'
import type { BouncerKeys } from '../bouncers/bouncer-keys.ts'
import type { DecisionStore } from '../decisions/decision-store.ts'
import type { AlertDesk } from '../desk/alert-desk.ts'
import type { DecisionGate } from '../desk/decision-gate.ts'
import type { HeldBans } from '../desk/held-bans.ts'
import type { Offenders } from '../desk/offenders.ts'
import type { Judge } from '../judge/judge.ts'
import type { MachineKeys } from '../machines/machine-keys.ts'
import type { CertificateRules } from '../tls/client-certificate.ts'
import type { Route } from './call.ts'
import type { GuardOptions } from './guard.ts'
import type { LiveStream } from './live-stream.ts'
import type { Presence } from './presence.ts'

/** An act of somebody, for the record. */
export interface Act {
  readonly op: string
  readonly actor: string
  readonly reason: string
}

/** What the API serves. */
export interface Services {
  readonly store: DecisionStore
  readonly judge: Judge
  readonly desk: AlertDesk
  readonly gate: DecisionGate
  readonly alerts: AlertStore
  readonly offenders: Offenders
  readonly held: HeldBans
  readonly allowLists: AllowLists
  readonly bouncers: BouncerKeys
  readonly machines: MachineKeys
  readonly presence: Presence
  readonly live: LiveStream
  readonly neverBan: NeverBan
  readonly guard: GuardOptions
  /** Which certificates of clients are whose; none where certificates are not asked for. */
  readonly certificates: CertificateRules | undefined
  readonly banDurationMs: number
  /** Resolves when what was done so far is on disk, within a bound. */
  readonly kept: () => Promise<void>
  readonly clock: Clock
  readonly log: Logger
  /** Written for every change by hand. */
  readonly onAct: (act: Act) => void
  /** Endpoints of other parts of the layer: feeds, exports, the exchange. */
  readonly moreRoutes?: readonly Route[]
  /** More facts for `GET /v1/status`: what enforcement does, for example. */
  readonly moreStatus?: () => Readonly<Record<string, unknown>>
}
