import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { Json, JsonObject } from '@sevenfold/event'
import type { PersonalKeys } from './personal-keys.ts'
import { sealText } from './sealed-text.ts'

/** Fields of an event that can name a person. */
export const personalFields: readonly string[] = [
  'source.ip',
  'source.address',
  'client.ip',
  'client.address',
  'user.name',
  'user.id',
  'session.id',
  'user_agent.original',
  'url.query',
  'url.original',
  'http.request.referrer',
  'sevenfold.decision.value',
  'sevenfold.judgement.matched',
  'event.reason',
  'message',
]
const paths = personalFields.map((field) => field.split('.'))

/** A longer text is cut to this many characters before it is sealed, so that the line stays below the limit of an entry. */
export const maxSealedText = 8_192
const limits = { maxTextLength: 65_536, maxDepth: 16, maxNodes: 20_000, maxStringLength: 65_536 }
const dayMs = 86_400_000
/** An event whose own day is further away than this from the day on which it came is sealed under the latter. */
export const maxDaysApart = 30

/** The day whose key seals an event: its own, when that is near enough to be true. */
export function dayOf(time: string, now: number): string {
  const timeMs = Date.parse(time)
  const isNear = Math.abs(timeMs - now) <= maxDaysApart * dayMs
  return new Date(isNear ? timeMs : now).toISOString().slice(0, 10)
}

/** What stands where there is nothing to seal with: the day was forgotten before the event came. */
export function erasedText(day: string): string {
  return `erased:${day}`
}

/** The line of an event with its personal fields sealed; every other byte means what it meant. */
export function sealLine(line: string, keys: PersonalKeys, now: number): string {
  const parsed = parseBoundedJson(line, limits)
  if (!parsed.ok || !isJsonObject(parsed.value)) return line
  const event = parsed.value
  const time = event['@timestamp']
  const day = dayOf(typeof time === 'string' ? time : '', now)
  const key = keys.make(day)
  const seal = (text: string): string =>
    key === undefined ? erasedText(day) : sealText(text.slice(0, maxSealedText), day, key)
  let isChanged = false
  for (const path of paths) isChanged = sealAt(event, path, seal) || isChanged
  return isChanged ? JSON.stringify(event) : line
}

function sealAt(event: JsonObject, path: readonly string[], seal: (text: string) => string): boolean {
  let parent: Json | undefined = event
  for (const key of path.slice(0, -1)) {
    parent =
      parent !== undefined && isJsonObject(parent) && Object.hasOwn(parent, key) ? parent[key] : undefined
  }
  const last = path.at(-1) ?? ''
  if (parent === undefined || !isJsonObject(parent) || !Object.hasOwn(parent, last)) return false
  const value = parent[last]
  if (typeof value !== 'string' || value === '') return false
  // The object was parsed for this, and nobody else has it.
  ;(parent as Record<string, Json>)[last] = seal(value)
  return true
}
