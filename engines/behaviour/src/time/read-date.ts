import { GoTime } from '../helpers/go-time.ts'
import { parseGoTime } from './parse-go-time.ts'

// Tried in turn where a parser names no layout, or its layout does not fit.
const layouts = [
  '2006-01-02T15:04:05Z07:00',
  '02/Jan/2006:15:04:05 -0700',
  'Mon Jan 2 15:04:05 2006',
  '02-Jan-2006 15:04:05 europe/paris',
  '01/02/2006 15:04:05',
  '2006-01-02 15:04:05.999999999 -0700 MST',
  'Jan  2 15:04:05',
  'Mon Jan 02 15:04:05.000000 2006',
  '2006/01/02',
  '2006/01/02 15:04',
  '2006-01-02',
  '2006-01-02 15:04',
  '2006/01/02 15:04:05',
  '2006-01-02 15:04:05',
  '2006-01-02T15:04:05',
]

const numeric = layouts.filter((layout) => isDigit(layout))
const named = layouts.filter((layout) => !isDigit(layout))

/** Whether a text begins with a digit. What a layout of digits begins with is a digit too, and never one for a name. */
function isDigit(text: string): boolean {
  const code = text.charCodeAt(0)
  return code >= 48 && code <= 57
}

/** Longest text that is tried as a date. */
export const maxDateLength = 256

function byLayout(layout: string, text: string, year: number): GoTime | undefined {
  const parsed = parseGoTime(layout, text)
  if (parsed === undefined || parsed.time.isZero) return undefined
  if (parsed.year !== 0) return parsed.time
  const date = new Date(parsed.time.ms)
  // 29 February of a year that has none becomes 1 March.
  date.setUTCFullYear(date.getUTCFullYear() + year)
  return new GoTime(date.getTime(), parsed.time.ns, parsed.time.offsetMinutes)
}

/**
 * The moment that a log names, read by the layout of its parser, else by the common ones, else as seconds since 1970.
 * A text without a year gets `year`. Undefined when nothing fits.
 */
export function readDate(text: string, layout: string, year: number): GoTime | undefined {
  if (text === '' || text.length > maxDateLength) return undefined
  if (layout !== '') {
    const time = byLayout(layout, text, year)
    if (time !== undefined) return time
  }
  for (const common of isDigit(text) ? numeric : named) {
    const time = byLayout(common, text, year)
    if (time !== undefined) return time
  }
  const [seconds = ''] = text.split('.', 1)
  const unix = /^[+]?\d{1,12}$/u.test(seconds) ? Number(seconds) : 0
  return unix > 0 ? new GoTime(unix * 1000) : undefined
}
