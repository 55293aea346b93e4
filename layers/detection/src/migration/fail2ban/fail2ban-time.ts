const units: Readonly<Record<string, number>> = {
  '': 1,
  s: 1,
  ss: 1,
  sec: 1,
  second: 1,
  seconds: 1,
  m: 60,
  mm: 60,
  min: 60,
  minute: 60,
  minutes: 60,
  h: 3_600,
  hh: 3_600,
  hour: 3_600,
  hours: 3_600,
  d: 86_400,
  dd: 86_400,
  day: 86_400,
  days: 86_400,
  w: 604_800,
  ww: 604_800,
  week: 604_800,
  weeks: 604_800,
  mo: 2_629_800,
  mon: 2_629_800,
  month: 2_629_800,
  months: 2_629_800,
  y: 31_557_600,
  yy: 31_557_600,
  year: 31_557_600,
  years: 31_557_600,
}

/** Seconds of a time in fail2ban's form (`600`, `10m`, `1d 6h`, `-1` for ever); undefined for other forms. */
export function fail2banSeconds(text: string): number | undefined {
  const trimmed = text.trim()
  if (trimmed === '-1') return Number.POSITIVE_INFINITY
  if (!/^(?:\d{1,9}(?:\.\d{1,3})?\s*[a-z]*\s*)+$/i.test(trimmed) || trimmed.length > 64) return undefined
  let total = 0
  for (const [, amount, unit = ''] of trimmed.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]*)/gi)) {
    const factor = units[unit.toLowerCase()]
    if (factor === undefined) return undefined
    total += Number(amount) * factor
  }
  return total
}
