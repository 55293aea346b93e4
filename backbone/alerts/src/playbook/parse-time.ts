const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds of a time such as `30m`; undefined for anything else. */
export function parseTime(text: unknown): number | undefined {
  const match = typeof text === 'string' ? /^(\d{1,6})([smhd])$/.exec(text) : null
  const ms = match === null ? 0 : Number(match[1]) * (units[match[2] ?? ''] ?? 0)
  return ms > 0 ? ms : undefined
}
