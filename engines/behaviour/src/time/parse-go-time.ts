import { GoTime } from '../helpers/go-time.ts'
import { layoutSteps } from './layout-pieces.ts'
import type { LayoutStep } from './layout-pieces.ts'
import { readPiece } from './read-piece.ts'
import type { DateParts } from './date-parts.ts'
import { daysIn } from './days-in.ts'

/** A moment read by a layout, and whether the text named its year. */
export interface ParsedGoTime {
  readonly time: GoTime
  /** Year as read; 0 when the layout has none. */
  readonly year: number
}

/** Layouts whose parts are kept; rules name a few dozen at most. */
const maxKnownLayouts = 256
const known = new Map<string, readonly LayoutStep[]>()

function stepsOf(layout: string): readonly LayoutStep[] {
  const steps = known.get(layout) ?? layoutSteps(layout)
  if (known.size < maxKnownLayouts) known.set(layout, steps)
  return steps
}

/** Go skips runs of spaces alike on both sides. Gives the new place, or -1. */
function skipPrefix(text: string, at: number, prefix: string): number {
  let place = at
  for (let i = 0; i < prefix.length; i++) {
    if (prefix[i] === ' ') {
      if (place < text.length && text[place] !== ' ') return -1
      while (prefix[i + 1] === ' ') i += 1
      while (text[place] === ' ') place += 1
    } else {
      if (place >= text.length || text[place] !== prefix[i]) return -1
      place += 1
    }
  }
  return place
}

/**
 * Reads a time by a Go reference layout, with Go's rules (https://pkg.go.dev/time#Parse): lenient spaces, an optional
 * fraction after seconds, unknown zone names at offset 0. Undefined when the text has another form or names no real date.
 */
export function parseGoTime(layout: string, text: string): ParsedGoTime | undefined {
  const parts: DateParts = emptyParts()
  const steps = stepsOf(layout)
  let at = 0
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index]
    if (step === undefined) continue
    at = skipPrefix(text, at, step.prefix)
    if (at < 0) return undefined
    if (step.piece === undefined) return at === text.length ? toTime(parts) : undefined
    at = readPiece(parts, { text, at, step, next: steps[index + 1]?.piece })
    if (at < 0) return undefined
  }
  return undefined
}

function emptyParts(): DateParts {
  return {
    year: 0,
    month: -1,
    day: -1,
    yearDay: -1,
    hour: 0,
    minute: 0,
    second: 0,
    nanosecond: 0,
    half: undefined,
    offsetSeconds: 0,
  }
}

function toTime(parts: DateParts): ParsedGoTime | undefined {
  const { year, minute, second, nanosecond, offsetSeconds } = parts
  if (parts.yearDay >= 0 && !fromYearDay(parts)) return undefined
  const month = parts.month < 0 ? 1 : parts.month
  const day = parts.day < 0 ? 1 : parts.day
  if (day < 1 || day > daysIn(month, year)) return undefined
  const hour = hourOf(parts)
  // Date.UTC takes years below 100 for those of the twentieth century.
  const moment = new Date(Date.UTC(2000, month - 1, 1, hour, minute, second))
  moment.setUTCFullYear(year, month - 1, day)
  const ms = moment.getTime() - offsetSeconds * 1000 + Math.floor(nanosecond / 1e6)
  return { time: new GoTime(ms, nanosecond % 1e6, Math.trunc(offsetSeconds / 60)), year }
}

function hourOf({ hour, half }: DateParts): number {
  if (half === 'pm' && hour < 12) return hour + 12
  return half === 'am' && hour === 12 ? 0 : hour
}

function fromYearDay(parts: DateParts): boolean {
  const length = daysIn(2, parts.year) === 29 ? 366 : 365
  if (parts.yearDay < 1 || parts.yearDay > length) return false
  let month = 1
  let day = parts.yearDay
  while (day > daysIn(month, parts.year)) {
    day -= daysIn(month, parts.year)
    month += 1
  }
  if ((parts.month >= 0 && parts.month !== month) || (parts.day >= 0 && parts.day !== day)) return false
  parts.month = month
  parts.day = day
  return true
}
