import type { TimePart } from '../detection/detection-node.ts'

const dayMs = 86_400_000

/** Number of the week by ISO 8601: the week of the year's first Thursday is week 1. */
function isoWeek(date: Date): number {
  const weekday = (date.getUTCDay() + 6) % 7
  const thursday =
    Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) + (3 - weekday) * dayMs
  const newYear = Date.UTC(new Date(thursday).getUTCFullYear(), 0, 1)
  return Math.floor((thursday - newYear) / (7 * dayMs)) + 1
}

/** A part of a time given as ISO 8601 text or milliseconds since 1970, in UTC; undefined when it is no time. */
export function timePart(text: string, part: TimePart): number | undefined {
  const ms = /^\d{12,14}$/.test(text)
    ? Number(text)
    : Date.parse(/\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?$/.test(text) ? `${text.replace(' ', 'T')}Z` : text)
  if (Number.isNaN(ms)) return undefined
  const date = new Date(ms)
  switch (part) {
    case 'minute':
      return date.getUTCMinutes()
    case 'hour':
      return date.getUTCHours()
    case 'day':
      return date.getUTCDate()
    case 'week':
      return isoWeek(date)
    case 'month':
      return date.getUTCMonth() + 1
    case 'year':
      return date.getUTCFullYear()
  }
}
