import type { EventKind, EventOutcome, JsonObject } from '@sevenfold/event'

/** What a foreign line says, in ECS. */
export interface Imported {
  /** Milliseconds since 1970; the time of reading when the line has none. */
  readonly timeMs?: number | undefined
  /** ECS `event.dataset`, `<product>.<log>`; its first word is one of `foreignModules`. */
  readonly dataset: string
  readonly event: {
    readonly kind?: EventKind
    readonly category: readonly string[]
    readonly type: readonly string[]
    readonly action: string
    readonly outcome?: EventOutcome | undefined
    /** 0 to 100. */
    readonly severity?: number | undefined
    readonly reason?: string | undefined
    readonly code?: string | undefined
    /** Nanoseconds. */
    readonly duration?: number | undefined
  }
  /** Everything else of ECS, nested; members that are undefined are left out. */
  readonly fields: EcsFields
}

/** A tree of ECS fields in the making. */
export interface EcsFields {
  readonly [name: string]: EcsValue
}
type EcsValue = string | number | boolean | undefined | readonly string[] | readonly JsonObject[] | EcsFields

/**
 * Reads one line. Undefined for lines that say nothing by themselves (comments, headers).
 * Throws ImportError for a line that is not of the form.
 */
export type ReadLine = (line: string) => Imported | undefined

/** A form of logs. `open` gives a reader for one source: forms with headers keep what those said. */
export interface Importer {
  readonly name: string
  /** For people: what writes such lines. */
  readonly about: string
  readonly open: () => ReadLine
}

/** A line that is not of its form. */
export class ImportError extends Error {
  override readonly name = 'ImportError'
}
