import type { SevenfoldEvent } from './event.ts'

/** An event's line, without its newline, is at most this many UTF-8 bytes (C2SP entries are below 64 KiB). */
export const maxLineBytes = 60_000

// Below this length a string is never cut: cutting many short fields would destroy an event instead of trimming it.
const shortestCut = 128
// Fields that say whose event it is; they are bounded where they are made and are never cut.
const neverCut = new Set([
  '@timestamp',
  'agent',
  'ecs',
  'event.id',
  'event.dataset',
  'event.action',
  'sevenfold',
])

interface StringSlot {
  readonly holder: Record<string, unknown>
  readonly key: string
  readonly path: string
}

type MutableObject = Record<string, unknown>

function isObject(value: unknown): value is MutableObject {
  return typeof value === 'object' && value !== null
}

function collectStrings(holder: MutableObject, path: string, slots: StringSlot[]): void {
  for (const [key, value] of Object.entries(holder)) {
    const childPath = path === '' ? key : `${path}.${key}`
    if (neverCut.has(childPath)) continue
    if (typeof value === 'string' && value.length > shortestCut) slots.push({ holder, key, path: childPath })
    else if (isObject(value)) collectStrings(value, childPath, slots)
  }
}

function lengthOf(slot: StringSlot): number {
  const value = slot.holder[slot.key]
  return typeof value === 'string' ? value.length : 0
}

/** Cuts so that no half of a surrogate pair is left at the end. */
function cutAt(text: string, length: number): string {
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length)
}

function cutLongest(slots: readonly StringSlot[], cut: Set<string>): boolean {
  let longest: StringSlot | undefined
  for (const slot of slots) if (longest === undefined || lengthOf(slot) > lengthOf(longest)) longest = slot
  if (longest === undefined || lengthOf(longest) <= shortestCut) return false
  const value = longest.holder[longest.key]
  if (typeof value !== 'string') return false
  longest.holder[longest.key] = cutAt(value, Math.max(shortestCut, value.length >> 1))
  cut.add(longest.path)
  return true
}

/** Keeps only what identifies an event; the way out when an event has more fields than fit. */
function skeletonOf(event: SevenfoldEvent): SevenfoldEvent {
  const { v, kind, layer, lane, site } = event.sevenfold
  const kept = {
    v,
    kind,
    layer,
    lane,
    ...(site === undefined ? {} : { site: site.slice(0, 253) }),
    truncated: ['*'],
  }
  return {
    '@timestamp': event['@timestamp'],
    ecs: event.ecs,
    event: event.event,
    agent: event.agent,
    sevenfold: kept,
  }
}

/**
 * The line of an event: JSON, UTF-8, no newline, at most `maxLineBytes`. Longer fields are cut, longest first, and
 * named in `sevenfold.truncated`; what still does not fit keeps its identity only (`truncated: ["*"]`).
 * These bytes are the ledger's leaf.
 */
export function encodeLine(event: SevenfoldEvent): string {
  const text = JSON.stringify(event)
  // Three bytes a code unit is the most that UTF-8 can need.
  if (text.length * 3 <= maxLineBytes || Buffer.byteLength(text) <= maxLineBytes) return text
  return shorten(event)
}

function shorten(event: SevenfoldEvent): string {
  const copy = structuredClone(event) as unknown as MutableObject // a private copy to be cut
  const slots: StringSlot[] = []
  collectStrings(copy, '', slots)
  const cut = new Set<string>(event.sevenfold.truncated)
  while (cutLongest(slots, cut)) {
    copy['sevenfold'] = { ...event.sevenfold, truncated: [...cut].toSorted() }
    const text = JSON.stringify(copy)
    if (Buffer.byteLength(text) <= maxLineBytes) return text
  }
  return JSON.stringify(skeletonOf(event))
}
