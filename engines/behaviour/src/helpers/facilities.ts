import type { GoTime } from './go-time.ts'

/** Data files named in `data:` sections, by their `dest_file`. Contents do not change under a compiled expression. */
export interface DataFiles {
  /** Lines of a `type: string` file, comments (#) and empty lines left out; undefined when there is no such file. */
  lines(name: string): readonly string[] | undefined
  /** Patterns of a `type: regexp` file. */
  regexps(name: string): readonly string[] | undefined
  /** Objects of a `type: map` file (one JSON object a line). */
  map(name: string): readonly Readonly<Record<string, string>>[] | undefined
}

/** Values that parsers put aside by name and key (`stash:`). */
export interface StashFacility {
  /** Empty text when nothing is stashed under that key. */
  get(name: string, key: string): string
  set(name: string, key: string, value: string): void
}

/** What is known of an address's place. All texts may be empty. */
export interface GeoFacility {
  city(ip: string):
    | {
        readonly isoCode: string
        readonly latitude: number
        readonly longitude: number
        readonly isInEu?: boolean
      }
    | undefined
  asn(ip: string): { readonly number: number; readonly organization: string } | undefined
  /** The announced network that holds the address, in CIDR form. */
  range(ip: string): string | undefined
}

/** The decisions there are, for escalation (`GetDecisionsCount` and its kin). */
export interface DecisionFacility {
  /** Decisions ever made for a value. */
  count(value: string): number
  /** Decisions for a value made since so many milliseconds ago. */
  countSince(value: string, ms: number): number
  activeCount(value: string): number
  /** Milliseconds until the last active decision ends; 0 when there is none. */
  activeTimeLeftMs(value: string): number
}

/** Outgoing look-ups. Off unless given: a rule must not be able to make this host talk to others by itself. */
export interface OutgoingFacility {
  /** Answers from memory or not at all: expressions do not wait. */
  lookupHost(name: string): readonly string[]
  http?(method: string, url: string, body: string): { readonly status: number; readonly body: string }
  cti?(ip: string): unknown
}

/** Judges of injection, supplied by whoever has them (LibInjectionIsSQLI, LibInjectionIsXSS). */
export interface InjectionFacility {
  isSqlInjection(text: string): boolean
  isXss(text: string): boolean
}

/** Everything of the outside world that a helper may use. What is left out behaves as empty. */
export interface Facilities {
  /** The clock: wall time in live operation, the time of the lines in a replay. */
  now(): GoTime
  readonly files?: DataFiles
  readonly stash?: StashFacility
  readonly geo?: GeoFacility
  readonly decisions?: DecisionFacility
  readonly outgoing?: OutgoingFacility
  readonly injection?: InjectionFacility
  /** Name of this host; empty when not given. */
  readonly hostname?: string
  /** Takes what `LogInfo` writes. */
  log?(text: string): void
}
