import type { ExchangeConfig, ReporterConfig } from '../feed-config.ts'
import { isPublicAddress, isSignalBy, maxSignalAgeMs, maxSignalAheadMs, readSignal } from './signal.ts'
import type { ExchangeRecord } from './exchange-journal.ts'
import type { ShareSignal, SignedSignal } from './signal.ts'

/** Why a signal was not taken. */
export type SignalRefusal =
  | 'malformed'
  | 'unknown-reporter'
  | 'bad-signature'
  | 'stale'
  | 'replayed'
  | 'not-public'
  | 'protected'
  | 'too-many'
  | 'suspended'

/** What came of a signal. */
export type SignalOutcome =
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly reason: SignalRefusal }

/** An address that enough reporters agree on. */
export interface CommonAddress {
  readonly value: string
  readonly reporters: number
  readonly groups: number
  readonly trust: number
  readonly lastMs: number
}

/** A reporter, for people. */
export interface ReporterStatus {
  readonly name: string
  readonly group: string
  readonly trust: number
  /** Addresses that it reports now. */
  readonly addresses: number
  readonly refused: number
  readonly suspended: boolean
}

/** Most addresses that one reporter can have reported at a time: a reporter that reports everybody says nothing. */
export const maxAddressesOfReporter = 20_000
/** Most addresses at a time. */
export const maxExchangeAddresses = 500_000
/** Reports of addresses that nobody may ban, after which a reporter is not believed any more until somebody says so. */
export const maxProtectedReports = 5

interface Reporter {
  readonly config: ReporterConfig
  /** Address → time of the report that counts. */
  readonly reports: Map<string, number>
  refused: number
  protectedReports: number
}

/** What an exchange needs. */
export interface ExchangeOptions {
  readonly config: ExchangeConfig
  readonly now: () => number
  /** Whether an address is one that nobody may ban: never-ban list, allow-lists. */
  readonly isProtected: (address: string) => boolean
  /** Keeps records; must not make the exchange wait. */
  readonly append?: (record: ExchangeRecord) => void
  /** What was kept before, oldest first; what reporters said that are not configured any more is left out. */
  readonly records?: Iterable<ExchangeRecord>
}

/** Room is looked for at most this often: with many reports that costs a look at all of them. */
const forgetEveryMs = 60_000

const refused = (reason: SignalRefusal): SignalOutcome => ({ kind: 'refused', reason })

/**
 * Where installations tell each other whom they banned. An address becomes common when enough reporters, of enough
 * groups, with enough trust together report it within the window: no single reporter, and no single owner with many keys, can get
 * an address banned everywhere. The operator names the reporters; nobody joins by itself.
 */
export class Exchange {
  readonly #options: ExchangeOptions
  readonly #reporters: ReadonlyMap<string, Reporter>
  readonly #byAddress = new Map<string, Set<Reporter>>()
  #forgotMs = Number.NEGATIVE_INFINITY

  constructor(options: ExchangeOptions) {
    this.#options = options
    this.#reporters = new Map(
      options.config.reporters.map((config) => [
        config.name,
        { config, reports: new Map<string, number>(), refused: 0, protectedReports: 0 },
      ]),
    )
    for (const record of options.records ?? []) this.#replay(record)
    this.#forgetOld()
  }

  #replay(record: ExchangeRecord): void {
    const reporter = this.#reporters.get(record.reporter)
    if (reporter === undefined) return
    if (record.op === 'pardon') this.#pardon(reporter)
    else if (record.op === 'protected') reporter.protectedReports = record.count
    else if (!this.#isFull(record.value, reporter)) this.#report(record.value, record.atMs, reporter)
  }

  /** What a compacted log holds. */
  records(): ExchangeRecord[] {
    return [...this.#reporters.values()].flatMap(({ config: { name }, reports, protectedReports }) => [
      ...(protectedReports === 0
        ? []
        : [{ op: 'protected' as const, reporter: name, count: protectedReports }]),
      ...[...reports].map(([value, atMs]) => ({ op: 'report' as const, reporter: name, value, atMs })),
    ])
  }

  /** Takes a signal, or says why not. The signature is checked before anything that it says is believed. */
  take(signed: SignedSignal): SignalOutcome {
    const signal = readSignal(signed.signal)
    if (signal === undefined) return refused('malformed')
    const reporter = this.#reporters.get(signal.reporter)
    if (reporter === undefined) return refused('unknown-reporter')
    if (!isSignalBy(signed, reporter.config.publicKey)) return refused('bad-signature')
    const reason = this.#judge(signal, reporter)
    if (reason !== undefined) {
      reporter.refused += 1
      return refused(reason)
    }
    this.#report(signal.value, signal.atMs, reporter)
    this.#options.append?.({
      op: 'report',
      reporter: signal.reporter,
      value: signal.value,
      atMs: signal.atMs,
    })
    return { kind: 'taken' }
  }

  #report(value: string, atMs: number, reporter: Reporter): void {
    reporter.reports.set(value, atMs)
    const known = this.#byAddress.get(value)
    if (known === undefined) this.#byAddress.set(value, new Set([reporter]))
    else known.add(reporter)
  }

  #isFull(value: string, reporter: Reporter): boolean {
    if (reporter.reports.has(value)) return false
    const isWorldFull = !this.#byAddress.has(value) && this.#byAddress.size >= maxExchangeAddresses
    return isWorldFull || reporter.reports.size >= maxAddressesOfReporter
  }

  #judge(signal: ShareSignal, reporter: Reporter): SignalRefusal | undefined {
    const age = this.#options.now() - signal.atMs
    if (age > maxSignalAgeMs || age < -maxSignalAheadMs) return 'stale'
    if (isSuspended(reporter)) return 'suspended'
    if (!isPublicAddress(signal.value)) return 'not-public'
    if (this.#options.isProtected(signal.value)) {
      reporter.protectedReports += 1
      const { name } = reporter.config
      this.#options.append?.({ op: 'protected', reporter: name, count: reporter.protectedReports })
      return 'protected'
    }
    const before = reporter.reports.get(signal.value)
    if (before !== undefined && before >= signal.atMs) return 'replayed'
    if (this.#isFull(signal.value, reporter)) this.#makeRoom()
    return this.#isFull(signal.value, reporter) ? 'too-many' : undefined
  }

  #makeRoom(): void {
    const now = this.#options.now()
    if (now - this.#forgotMs < forgetEveryMs && now >= this.#forgotMs) return
    this.#forgotMs = now
    this.#forgetOld()
  }

  /** Addresses that enough agree on now. */
  common(): readonly CommonAddress[] {
    this.#forgetOld()
    const { minReporters, minGroups, minTrust } = this.#options.config
    const found: CommonAddress[] = []
    for (const [value, reporters] of this.#byAddress) {
      const sure = [...reporters].filter((reporter) => !isSuspended(reporter))
      if (sure.length < minReporters || this.#options.isProtected(value)) continue
      const groups = trustByGroup(sure)
      const trust = [...groups.values()].reduce((sum, own) => sum + own, 0)
      if (groups.size < minGroups || trust + 1e-9 < minTrust) continue
      const lastMs = Math.max(...sure.map(({ reports }) => reports.get(value) ?? 0))
      found.push({ value, reporters: sure.length, groups: groups.size, trust, lastMs })
    }
    return found
  }

  /** The reporters, for people. */
  reporters(): readonly ReporterStatus[] {
    return [...this.#reporters.values()].map((reporter) => ({
      name: reporter.config.name,
      group: reporter.config.group,
      trust: reporter.config.trust,
      addresses: reporter.reports.size,
      refused: reporter.refused,
      suspended: isSuspended(reporter),
    }))
  }

  /** Forgets all that a reporter said, and believes it again; false when there is no such reporter. */
  pardon(name: string): boolean {
    const reporter = this.#reporters.get(name)
    if (reporter === undefined) return false
    this.#pardon(reporter)
    this.#options.append?.({ op: 'pardon', reporter: name })
    return true
  }

  #pardon(reporter: Reporter): void {
    for (const value of reporter.reports.keys()) this.#drop(value, reporter)
    reporter.reports.clear()
    reporter.protectedReports = 0
  }

  #forgetOld(): void {
    const oldest = this.#options.now() - this.#options.config.windowMs
    for (const reporter of this.#reporters.values()) {
      for (const [value, atMs] of reporter.reports) {
        if (atMs >= oldest) continue
        reporter.reports.delete(value)
        this.#drop(value, reporter)
      }
    }
  }

  #drop(value: string, reporter: Reporter): void {
    const known = this.#byAddress.get(value)
    known?.delete(reporter)
    if (known?.size === 0) this.#byAddress.delete(value)
  }
}

const isSuspended = ({ protectedReports }: Reporter): boolean => protectedReports >= maxProtectedReports

/** A group counts as much as the most trusted of its reporters: many keys of one owner are one voice. */
function trustByGroup(reporters: readonly Reporter[]): ReadonlyMap<string, number> {
  const groups = new Map<string, number>()
  for (const { config } of reporters)
    groups.set(config.group, Math.max(groups.get(config.group) ?? 0, config.trust))
  return groups
}
