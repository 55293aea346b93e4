import type { DecisionScope } from '@sevenfold/event'
import { canonicalAddress, parseRange } from '../authority/address.ts'
import { numberRange, rangeText } from '../authority/address-number.ts'
import { parseScope } from '../decisions/stored-decision.ts'

/** One value of a feed. */
export interface FeedEntry {
  readonly scope: DecisionScope
  /** In its one spelling. */
  readonly value: string
  readonly type: string
  /** When the feed itself says that it ends, milliseconds since 1970; 0 when it does not say. */
  readonly untilMs: number
}

/** What a feed gave: entries by `entryKey`, and how many lines or objects were none. */
export interface FeedContent {
  readonly entries: ReadonlyMap<string, FeedEntry>
  readonly unreadable: number
}

/** A value as a feed writes it. */
export interface RawEntry {
  readonly value: string
  readonly scope?: string
  readonly type?: string
  readonly untilMs?: number
}

/** Types that a feed may ask for; anything else becomes a ban. */
const types = new Set(['ban', 'captcha', 'throttle'])
/** Longest value of a scope that is no address. */
const maxValueLength = 128

/** Entries with the same key stand for the same ban. */
export function entryKey(entry: Pick<FeedEntry, 'scope' | 'value'>): string {
  return `${entry.scope} ${entry.value}`
}

/** The entry that a raw value stands for; undefined when it is none. Without a scope it must be an address or a range. */
export function makeEntry(raw: RawEntry): FeedEntry | undefined {
  const type = types.has(raw.type ?? '') ? (raw.type ?? 'ban') : 'ban'
  const untilMs = raw.untilMs ?? 0
  const scope = raw.scope === undefined || raw.scope === '' ? undefined : parseScope(raw.scope)
  if (raw.scope !== undefined && raw.scope !== '' && scope === undefined) return undefined
  if (scope === undefined || scope === 'ip' || scope === 'range')
    return addressEntry(raw.value, { type, untilMs })
  const value = scope === 'country' ? raw.value.toUpperCase() : raw.value
  const isSound =
    value !== '' && value.length <= maxValueLength && (scope !== 'country' || /^[A-Z]{2}$/.test(value))
  return isSound ? { scope, value, type, untilMs } : undefined
}

function addressEntry(text: string, rest: Pick<FeedEntry, 'type' | 'untilMs'>): FeedEntry | undefined {
  const address = canonicalAddress(text)
  if (address !== undefined) return { scope: 'ip', value: address, ...rest }
  const range = parseRange(text)
  if (range === undefined) return undefined
  const value = rangeText(numberRange(range))
  return { scope: value.includes('/') ? 'range' : 'ip', value, ...rest }
}

/** Puts entries together; of two for the same ban the one that ends later counts (0 is later than all). */
export function collectEntries(raws: Iterable<RawEntry | undefined>, most: number): FeedContent {
  const entries = new Map<string, FeedEntry>()
  let unreadable = 0
  for (const raw of raws) {
    const entry = raw === undefined ? undefined : makeEntry(raw)
    if (entry === undefined) {
      unreadable += 1
      continue
    }
    const key = entryKey(entry)
    const before = entries.get(key)
    if (before === undefined && entries.size >= most) throw new RangeError(`more than ${most} entries`)
    if (before === undefined || endOf(entry) > endOf(before)) entries.set(key, entry)
  }
  return { entries, unreadable }
}

const endOf = ({ untilMs }: FeedEntry): number => (untilMs === 0 ? Infinity : untilMs)
