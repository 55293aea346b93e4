import { GoDuration, GoName } from '../expr/runtime/boxed.ts'
import { formatGoTime } from './format-go-time.ts'
import { GoTime } from './go-time.ts'

const maxDepth = 50

/** A value as Go's `%v` writes it: `[a b]`, `map[k:v]` with sorted keys, floats in their shortest form. */
export function formatValue(value: unknown): string {
  return format(value, 0)
}

function format(value: unknown, depth: number): string {
  if (value === null || value === undefined) return '<nil>'
  if (typeof value === 'string') return value
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return formatFloat(value)
  if (value instanceof GoTime) return formatGoTime('2006-01-02 15:04:05.999999999 -0700 MST', value)
  if (value instanceof GoDuration || value instanceof GoName) return value.toString()
  if (depth > maxDepth) return '...'
  if (Array.isArray(value)) return `[${value.map((item) => format(item, depth + 1)).join(' ')}]`
  if (typeof value !== 'object') return ''
  const entries = value instanceof Map ? [...(value as Map<string, unknown>)] : Object.entries(value)
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : Number(a > b)))
  return `map[${sorted.map(([key, item]) => `${key}:${format(item, depth + 1)}`).join(' ')}]`
}

/** A float as Go's `%v`: shortest digits, with an exponent of at least two digits below 1e-4 and from 1e6 on. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  // From 1e-6 up, JavaScript's own form has no exponent.
  if (power >= -4 && power < 6) return String(value)
  const digits = String(Math.abs(power)).padStart(2, '0')
  return `${mantissa}e${power < 0 ? '-' : '+'}${digits}`
}
