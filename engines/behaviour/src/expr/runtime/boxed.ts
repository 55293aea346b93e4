import { formatGoDuration } from '../../helpers/go-duration.ts'
import { GoTime } from '../../helpers/go-time.ts'

/** A duration inside an array, a map or an `any`. */
export class GoDuration {
  readonly nanoseconds: number

  constructor(nanoseconds: number) {
    this.nanoseconds = nanoseconds
  }

  toString(): string {
    return formatGoDuration(this.nanoseconds)
  }
}

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

/** A weekday (0 is Sunday) or month (1 is January) inside an array, a map or an `any`. */
export class GoName {
  readonly kind: 'weekday' | 'month'
  readonly value: number

  constructor(kind: 'weekday' | 'month', value: number) {
    this.kind = kind
    this.value = value
  }

  toString(): string {
    return nameOf(this.kind, this.value)
  }
}

/** English name of a weekday (0 is Sunday) or month (1 is January). */
export function nameOf(kind: 'weekday' | 'month', value: number): string {
  return (kind === 'weekday' ? weekdays[value] : months[value - 1]) ?? String(value)
}

/** What Go calls the type of a value, for messages. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (typeof value === 'bigint') return 'int'
  if (typeof value === 'number') return 'float64'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'string'
  if (Array.isArray(value)) return '[]interface {}'
  if (value instanceof GoTime) return 'time.Time'
  if (value instanceof GoDuration) return 'time.Duration'
  return 'map[string]interface {}'
}
