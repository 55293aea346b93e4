const units: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
  d: 86_400e9,
}
const part = /([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h|d)/y

/**
 * Nanoseconds of a Go duration such as `1h30m` or `-2.5s`; undefined when the text is none. `d` (24 h) is allowed when
 * `days` is true: profiles know it, Go does not.
 */
export function parseGoDuration(text: string, days = false): number | undefined {
  if (text.length > 128) return undefined
  const sign = text.startsWith('-') ? -1 : 1
  const rest = text.startsWith('-') || text.startsWith('+') ? text.slice(1) : text
  if (rest === '0') return 0
  let total = 0
  part.lastIndex = 0
  while (part.lastIndex < rest.length) {
    const found = part.exec(rest)
    if (found === null || (found[2] === 'd' && !days)) return undefined
    total += Number(found[1]) * (units[found[2] ?? ''] ?? 0)
  }
  if (rest === '' || total > 2 ** 63) return undefined
  return sign * Math.trunc(total)
}

/** A number of nanoseconds as Go writes it: `1h30m0s`, `1.5s`, `150ms`, `0s`. */
export function formatGoDuration(nanoseconds: number): string {
  if (nanoseconds === 0) return '0s'
  const sign = nanoseconds < 0 ? '-' : ''
  const away = Math.abs(nanoseconds)
  if (away < 1e3) return `${sign}${String(away)}ns`
  if (away < 1e6) return `${sign}${fraction(away, 1e3, 3)}µs`
  if (away < 1e9) return `${sign}${fraction(away, 1e6, 6)}ms`
  const seconds = Math.floor(away / 1e9)
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  const last = fraction(away - (seconds - (seconds % 60)) * 1e9, 1e9, 9)
  if (hours > 0) return `${sign}${String(hours)}h${String(minutes)}m${last}s`
  return minutes > 0 ? `${sign}${String(minutes)}m${last}s` : `${sign}${last}s`
}

/** `away / unit` with as many of `digits` decimals as are needed. */
function fraction(away: number, unit: number, digits: number): string {
  const whole = Math.floor(away / unit)
  const rest = String(away - whole * unit)
    .padStart(digits, '0')
    .replace(/0+$/, '')
  return rest === '' ? String(whole) : `${String(whole)}.${rest}`
}
