import { isIP } from 'node:net'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { Json, JsonObject } from '@sevenfold/event'

/** What every fix says of itself. */
interface FixBase {
  readonly id: string
  /** The request that was blocked by mistake. */
  readonly request: string
  /** Absolute end, ISO 8601. */
  readonly until: string
  readonly created: string
  readonly actor: string
  readonly reason: string
  /** Set when it was taken back before its end. */
  readonly removed?: { readonly at: string; readonly actor: string }
}

/** One rule leaves one parameter of one path of one site alone. */
export interface ExclusionFix extends FixBase {
  readonly kind: 'exclusion'
  readonly site: string
  readonly rule: string
  /** Exact, as it stands in the request line. */
  readonly path: string
  /** Such as `ARGS:q`; null: the rule as a whole, on that path. */
  readonly variable: string | null
}

/** Bans of an address do not count; every other judgement does. */
export interface AllowFix extends FixBase {
  readonly kind: 'allow'
  readonly value: string
}

/** A false alarm put right by hand, until a time. */
export type Fix = ExclusionFix | AllowFix

/** Most fixes in one file, and the longest file in bytes. */
export const fixLimits = { entries: 1000, bytes: 2_097_152, textLength: 2048 } as const

const version = 1
const jsonLimits = {
  maxTextLength: fixLimits.bytes,
  maxDepth: 6,
  maxNodes: fixLimits.entries * 20,
  maxStringLength: fixLimits.textLength,
}

function textAt(entry: JsonObject, key: string): string {
  const value = entry[key]
  if (typeof value !== 'string') throw new Error(`${key} is no text`)
  return value
}

function timeAt(entry: JsonObject, key: string): string {
  const text = textAt(entry, key)
  if (Number.isNaN(Date.parse(text))) throw new Error(`${key} is no time`)
  return text
}

function removalOf(value: Json | undefined): Pick<FixBase, 'removed'> {
  if (value === undefined) return {}
  if (!isJsonObject(value)) throw new Error('removed is no object')
  return { removed: { at: timeAt(value, 'at'), actor: textAt(value, 'actor') } }
}

function variableOf(value: Json | undefined): string | null {
  if (value === null || typeof value === 'string') return value
  throw new Error('variable is neither text nor null')
}

function fixOf(entry: Json): Fix {
  if (!isJsonObject(entry)) throw new Error('it is no object')
  const base = {
    id: textAt(entry, 'id'),
    request: textAt(entry, 'request'),
    until: timeAt(entry, 'until'),
    created: timeAt(entry, 'created'),
    actor: textAt(entry, 'actor'),
    reason: textAt(entry, 'reason'),
    ...removalOf(entry['removed']),
  }
  if (entry['kind'] === 'allow') {
    const value = textAt(entry, 'value')
    if (isIP(value) === 0) throw new Error('value is no address')
    return { ...base, kind: 'allow', value }
  }
  if (entry['kind'] !== 'exclusion') throw new Error('kind is unknown')
  return {
    ...base,
    kind: 'exclusion',
    site: textAt(entry, 'site'),
    rule: textAt(entry, 'rule'),
    path: textAt(entry, 'path'),
    variable: variableOf(entry['variable']),
  }
}

/** Reads a file of fixes, as a whole or not at all. Throws Error with what is wrong and where. */
export function decodeFixes(text: string): readonly Fix[] {
  const parsed = parseBoundedJson(text, jsonLimits)
  if (!parsed.ok) throw new Error(parsed.message)
  const { value } = parsed
  if (!isJsonObject(value) || value['v'] !== version) throw new Error('the version is not understood')
  const { entries } = value
  if (!Array.isArray(entries)) throw new Error('entries is no list')
  if (entries.length > fixLimits.entries) throw new Error(`more than ${fixLimits.entries} entries`)
  return entries.map((entry: Json, index: number) => {
    try {
      return fixOf(entry)
    } catch (error) {
      throw new Error(`entry ${index + 1}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      })
    }
  })
}

/** Text of a file of fixes. */
export function encodeFixes(entries: readonly Fix[]): string {
  return `${JSON.stringify({ v: version, entries }, null, 1)}\n`
}

/** True when a fix is in force at `now` (milliseconds since 1970). */
export function isInForce(fix: Fix, now: number): boolean {
  return fix.removed === undefined && Date.parse(fix.until) > now
}

/** A fix in a few words, for people and for the ledger. */
export function fixText(fix: Fix): string {
  if (fix.kind === 'allow') return `no ban of ${fix.value} until ${fix.until}`
  const what = fix.variable ?? 'everything'
  return `rule ${fix.rule} leaves ${what} of ${fix.path} on ${fix.site} alone until ${fix.until}`
}
