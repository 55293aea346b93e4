import { GoDuration, GoName } from '../expr/runtime/boxed.ts'
import { GoTime } from './go-time.ts'

const maxDepth = 200

/** A value as Go's encoding/json writes it: keys sorted, `<`, `>` and `&` escaped. `indent` spaces a level (0: none). */
export function toJsonText(value: unknown, indent = 0): string {
  const text = JSON.stringify(plain(value, 0), undefined, indent)
  return text.replaceAll(
    /[<>&\u2028\u2029]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function plain(value: unknown, depth: number): unknown {
  if (depth > maxDepth) throw new RangeError('nested too deep')
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof GoDuration) return value.nanoseconds
  if (value instanceof GoName) return value.value
  if (value instanceof GoTime) return value.toRfc3339()
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1))
  if (value === null || typeof value !== 'object') return value ?? null
  const entries = value instanceof Map ? [...(value as Map<string, unknown>)] : Object.entries(value)
  // A record without a prototype takes any key as its own.
  const made = Object.create(null) as Record<string, unknown>
  for (const [key, item] of entries.sort(([a], [b]) => (a < b ? -1 : Number(a > b))))
    made[key] = plain(item, depth + 1)
  return made
}
