const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** Longest duration: ten years. */
export const maxDurationMs: number = 3650 * 86_400_000

/** Milliseconds of a duration in Go's form (`4h`, `3h59m58.5s`, `250ms`), also with days; undefined for other forms. */
export function parseGoDuration(text: string): number | undefined {
  if (text.length > 64 || !/^(?:\d{1,12}(?:\.\d{1,9})?(?:ms|[smhd]))+$/.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/gu)) {
    total += Number(amount) * (units[unit ?? ''] ?? 0)
  }
  return total <= maxDurationMs ? total : undefined
}

/** A duration in Go's form, to the millisecond; negative ones (already over) with a minus sign. */
export function formatGoDuration(ms: number): string {
  const whole = Math.round(Math.abs(ms))
  const sign = ms < 0 && whole > 0 ? '-' : ''
  const hours = Math.floor(whole / 3_600_000)
  const minutes = Math.floor((whole % 3_600_000) / 60_000)
  const seconds = (whole % 60_000) / 1000
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}s`
  return minutes > 0 ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`
}
