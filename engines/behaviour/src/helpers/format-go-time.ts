import { layoutSteps, type LayoutPiece, type LayoutStep } from '../time/layout-pieces.ts'

import type { GoTime } from './go-time.ts'

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const padded = (value: number, width: number, fill = '0'): string => String(value).padStart(width, fill)
const hour12 = (at: Date): number => at.getUTCHours() % 12 || 12

const writers: Readonly<
  Record<
    Exclude<
      LayoutPiece,
      'offset' | 'zone' | 'fractionFixed' | 'fractionFree' | 'underYearDay' | 'zeroYearDay'
    >,
    (at: Date) => string
  >
> = {
  longMonth: (at) => months[at.getUTCMonth()] ?? '',
  month: (at) => (months[at.getUTCMonth()] ?? '').slice(0, 3),
  numMonth: (at) => String(at.getUTCMonth() + 1),
  zeroMonth: (at) => padded(at.getUTCMonth() + 1, 2),
  longWeekday: (at) => weekdays[at.getUTCDay()] ?? '',
  weekday: (at) => (weekdays[at.getUTCDay()] ?? '').slice(0, 3),
  day: (at) => String(at.getUTCDate()),
  underDay: (at) => padded(at.getUTCDate(), 2, ' '),
  zeroDay: (at) => padded(at.getUTCDate(), 2),
  hour: (at) => padded(at.getUTCHours(), 2),
  hour12: (at) => String(hour12(at)),
  zeroHour12: (at) => padded(hour12(at), 2),
  minute: (at) => String(at.getUTCMinutes()),
  zeroMinute: (at) => padded(at.getUTCMinutes(), 2),
  second: (at) => String(at.getUTCSeconds()),
  zeroSecond: (at) => padded(at.getUTCSeconds(), 2),
  longYear: (at) => padded(at.getUTCFullYear(), 4),
  year: (at) => padded(at.getUTCFullYear() % 100, 2),
  PM: (at) => (at.getUTCHours() >= 12 ? 'PM' : 'AM'),
  pm: (at) => (at.getUTCHours() >= 12 ? 'pm' : 'am'),
}

/** A moment as a Go reference layout says (https://pkg.go.dev/time#Layout). Zones have no names but UTC: others are written as offsets. */
export function formatGoTime(layout: string, time: GoTime): string {
  let text = ''
  for (const step of layoutSteps(layout)) text += step.prefix + pieceOf(step, time)
  return text
}

function pieceOf({ piece, form }: LayoutStep, time: GoTime): string {
  switch (piece) {
    case undefined:
      return ''
    case 'underYearDay':
      return padded(time.yearDay, 3, ' ')
    case 'zeroYearDay':
      return padded(time.yearDay, 3)
    case 'zone':
      return time.offsetMinutes === 0 ? 'UTC' : offset(time.offsetMinutes, '-0700').replace(/00$/, '')
    case 'offset':
      return offset(time.offsetMinutes, form)
    case 'fractionFixed':
      return (form[0] ?? '') + nanoseconds(time).slice(0, form.length - 1)
    case 'fractionFree': {
      const digits = nanoseconds(time)
        .slice(0, form.length - 1)
        .replace(/0+$/, '')
      return digits === '' ? '' : (form[0] ?? '') + digits
    }
    default:
      return writers[piece](time.calendar)
  }
}

const nanoseconds = (time: GoTime): string => padded(time.calendar.getUTCMilliseconds() * 1e6 + time.ns, 9)

/** `form` is the offset's own layout: `Z07:00`, `-0700`, `-07` … */
function offset(minutes: number, form: string): string {
  if (minutes === 0 && form.startsWith('Z')) return 'Z'
  const away = Math.abs(minutes)
  const hours = (minutes < 0 ? '-' : '+') + padded(Math.floor(away / 60), 2)
  const separator = form.includes(':') ? ':' : ''
  const rest = form.length > 3 ? separator + padded(away % 60, 2) : ''
  return hours + rest + (form.length > 6 ? `${separator}00` : '')
}
