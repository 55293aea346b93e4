import type { TimePart } from '../detection/detection-node.ts'

const dayMs = 86_400_000
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** Number of the week by ISO 8601: the week of the year's first Thursday is week 1. */
function isoWeek(date: Date): number {
  const weekday = (date.getUTCDay() + 6) % 7
  const thursday =
    Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) + (3 - weekday) * dayMs
  const newYear = Date.UTC(new Date(thursday).getUTCFullYear(), 0, 1)
  return Math.floor((thursday - newYear) / (7 * dayMs)) + 1
}

/** Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their number of digits. */
function readNumber(text: string): number | undefined {
  const [, digits = ''] = /^(\d{9,20})(?:\.\d+)?$/.exec(text) ?? []
  if (digits === '') return undefined
  const value = Number(text)
  if (digits.length <= 11) return value * 1000
  if (digits.length <= 14) return value
  return digits.length <= 17 ? value / 1000 : value / 1_000_000
}

const isoForm =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)? ?(Z|[+-]\d\d:?(?:\d\d)?)?$/i
const logForm = /^(\d\d)\/([a-z]{3})\/(\d{4}):(\d\d):(\d\d):(\d\d)(?: ([+-]\d{4}))?$/i

function offsetMs(zone: string | undefined): number {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone ?? '') ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}

/** ISO 8601 and the time of access logs; without a zone it is UTC, so that no machine reads it differently. */
function readText(text: string): number | undefined {
  const iso = isoForm.exec(text)
  const log = iso === null ? logForm.exec(text) : null
  if (iso === null && log === null) return undefined
  const [year, month, day, hour, minute, second, zone] =
    iso === null
      ? [log?.[3], months.indexOf((log?.[2] ?? '').toLowerCase()), log?.[1], ...(log?.slice(4, 8) ?? [])]
      : [iso[1], Number(iso[2]) - 1, iso[3], iso[4], iso[5], iso[6], iso[8]]
  const part = (value: string | number | undefined): number => Number(value ?? 0)
  const [m, d] = [part(month), part(day)]
  const ms = Date.UTC(part(year), m, d, part(hour), part(minute), part(second))
  // A day that does not exist is no time.
  const date = new Date(ms)
  if (m < 0 || part(hour) > 23 || part(minute) > 59 || date.getUTCMonth() !== m || date.getUTCDate() !== d)
    return undefined
  return ms - offsetMs(typeof zone === 'string' ? zone : undefined)
}

/**
 * A part of a time in UTC; undefined when it is no time. Times are ISO 8601, the form of access logs, or numbers since
 * 1970.
 */
export function timePart(text: string, part: TimePart): number | undefined {
  const trimmed = text.trim()
  const ms = trimmed.length > 40 ? undefined : (readNumber(trimmed) ?? readText(trimmed))
  if (ms === undefined || Number.isNaN(ms)) return undefined
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
