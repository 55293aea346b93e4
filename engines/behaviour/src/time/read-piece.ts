import type { LayoutPiece } from './layout-pieces.ts'
import { isDigitAt } from './date-parts.ts'
import type { DateParts, PieceContext } from './date-parts.ts'
import { readOffset, readZone } from './read-zone.ts'

const monthNames = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]
const dayNames = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const shortMonths = monthNames.map((name) => name.slice(0, 3))
const shortDays = dayNames.map((name) => name.slice(0, 3))

/** One or two digits; `fixed` demands two. Gives value and end, or undefined. */
function number(text: string, at: number, fixed: boolean): readonly [value: number, end: number] | undefined {
  if (!isDigitAt(text, at)) return undefined
  const first = text.charCodeAt(at) - 48
  if (isDigitAt(text, at + 1)) return [first * 10 + text.charCodeAt(at + 1) - 48, at + 2]
  return fixed ? undefined : [first, at + 1]
}

function name(
  names: readonly string[],
  text: string,
  at: number,
): readonly [index: number, end: number] | undefined {
  for (const [index, candidate] of names.entries()) {
    if (text.slice(at, at + candidate.length).toLowerCase() === candidate)
      return [index, at + candidate.length]
  }
  return undefined
}

type NumberField = 'month' | 'day' | 'hour' | 'minute' | 'second'

interface NumberRule {
  readonly field: NumberField
  readonly fixed: boolean
  readonly from: number
  readonly to: number
}

const numberRules: Partial<Record<LayoutPiece, NumberRule>> = {
  numMonth: { field: 'month', fixed: false, from: 1, to: 12 },
  zeroMonth: { field: 'month', fixed: true, from: 1, to: 12 },
  // The day is checked against its month at the end.
  day: { field: 'day', fixed: false, from: 0, to: 99 },
  underDay: { field: 'day', fixed: false, from: 0, to: 99 },
  zeroDay: { field: 'day', fixed: true, from: 0, to: 99 },
  hour: { field: 'hour', fixed: false, from: 0, to: 23 },
  hour12: { field: 'hour', fixed: false, from: 0, to: 12 },
  zeroHour12: { field: 'hour', fixed: true, from: 0, to: 12 },
  minute: { field: 'minute', fixed: false, from: 0, to: 59 },
  zeroMinute: { field: 'minute', fixed: true, from: 0, to: 59 },
  second: { field: 'second', fixed: false, from: 0, to: 59 },
  zeroSecond: { field: 'second', fixed: true, from: 0, to: 59 },
}

/** Reads one piece into `parts`; gives the place after it, or -1. */
export function readPiece(parts: DateParts, context: PieceContext): number {
  const { text, at, step } = context
  const { piece } = step
  if (piece === undefined) return at
  const rule = numberRules[piece]
  if (rule !== undefined) return readNumber(parts, context, rule)
  switch (piece) {
    case 'longYear':
    case 'year':
      return readYear(parts, context)
    case 'longMonth':
    case 'month': {
      const found = name(piece === 'month' ? shortMonths : monthNames, text, at)
      parts.month = (found?.[0] ?? -1) + 1
      return found?.[1] ?? -1
    }
    case 'longWeekday':
    case 'weekday':
      return name(piece === 'weekday' ? shortDays : dayNames, text, at)?.[1] ?? -1
    case 'underYearDay':
    case 'zeroYearDay':
      return readYearDay(parts, context)
    case 'PM':
    case 'pm':
      return readHalf(parts, context)
    case 'offset':
      return readOffset(parts, context)
    case 'zone':
      return readZone(parts, context)
    default:
      return readFraction(parts, context)
  }
}

function readNumber(parts: DateParts, context: PieceContext, rule: NumberRule): number {
  const { text, step, next } = context
  const at = step.piece === 'underDay' && text[context.at] === ' ' ? context.at + 1 : context.at
  const found = number(text, at, rule.fixed)
  if (found === undefined || found[0] < rule.from || found[0] > rule.to) return -1
  parts[rule.field] = found[0]
  if (rule.field !== 'second' || next === 'fractionFixed' || next === 'fractionFree') return found[1]
  return readFreeFraction(parts, text, found[1])
}

function readYear(parts: DateParts, { text, at, step }: PieceContext): number {
  const width = step.piece === 'year' ? 2 : 4
  for (let i = 0; i < width; i++) if (!isDigitAt(text, at + i)) return -1
  const year = Number(text.slice(at, at + width))
  // Two digits: 1969 to 2068.
  parts.year = width === 4 ? year : year + (year >= 69 ? 1900 : 2000)
  return at + width
}

function readYearDay(parts: DateParts, { text, at, step }: PieceContext): number {
  let place = at
  if (step.piece === 'underYearDay') for (let i = 0; i < 2 && text[place] === ' '; i++) place += 1
  let end = place
  while (end < at + 3 && isDigitAt(text, end)) end += 1
  if (end === place || (step.piece === 'zeroYearDay' && end !== at + 3)) return -1
  parts.yearDay = Number(text.slice(place, end))
  return end
}

function readHalf(parts: DateParts, { text, at, step }: PieceContext): number {
  const word = text.slice(at, at + 2)
  const [am, pm] = step.piece === 'PM' ? ['AM', 'PM'] : ['am', 'pm']
  if (word !== am && word !== pm) return -1
  parts.half = word === pm ? 'pm' : 'am'
  return at + 2
}

function isPoint(unit: string | undefined): boolean {
  return unit === '.' || unit === ','
}

/** A fraction of any length, if one stands there. */
function readFreeFraction(parts: DateParts, text: string, at: number): number {
  if (!isPoint(text[at]) || !isDigitAt(text, at + 1)) return at
  let end = at + 1
  while (isDigitAt(text, end)) end += 1
  parts.nanosecond = Number(
    text
      .slice(at + 1, end)
      .slice(0, 9)
      .padEnd(9, '0'),
  )
  return end
}

function readFraction(parts: DateParts, { text, at, step }: PieceContext): number {
  if (step.piece === 'fractionFree') return readFreeFraction(parts, text, at)
  const end = at + step.form.length
  if (!isPoint(text[at])) return -1
  for (let i = at + 1; i < end; i++) if (!isDigitAt(text, i)) return -1
  parts.nanosecond = Number(
    text
      .slice(at + 1, end)
      .slice(0, 9)
      .padEnd(9, '0'),
  )
  return end
}
