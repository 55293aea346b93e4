const units: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 6e10,
  h: 3.6e12,
}
const part = /^(\d*\.?\d*)(ns|us|µs|μs|ms|s|m|h)/u

/** Nanoseconds of a Go duration (`1h30m`, `0.5s`, `-2m`); undefined when the text is none. */
export function parseGoDuration(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1
  let rest = /^[+-]/u.test(text) ? text.slice(1) : text
  if (rest === '0') return 0
  if (rest === '' || rest.length > 100) return undefined
  let total = 0
  while (rest !== '') {
    const [whole, amount = '', unit = ''] = part.exec(rest) ?? []
    if (whole === undefined || amount === '' || amount === '.') return undefined
    total += Number(amount) * (units[unit] ?? 0)
    rest = rest.slice(whole.length)
  }
  return Number.isFinite(total) ? sign * total : undefined
}

/** A duration as Go writes it (`1h30m0s`, `500ms`, `0s`). */
export function goDurationText(nanoseconds: number): string {
  const away = Math.abs(nanoseconds)
  const sign = nanoseconds < 0 ? '-' : ''
  if (away === 0) return '0s'
  if (away < 1e9) {
    const [unit, size] = away < 1e3 ? ['ns', 1] : away < 1e6 ? ['µs', 1e3] : ['ms', 1e6]
    return `${sign}${fractionText(away, size)}${unit}`
  }
  const hours = Math.floor(away / 3.6e12)
  const minutes = Math.floor((away % 3.6e12) / 6e10)
  const seconds = `${fractionText(away % 6e10, 1e9)}s`
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`
}

function fractionText(amount: number, size: number): string {
  const digits = String(Math.round(amount % size))
    .padStart(String(size).length - 1, '0')
    .replace(/0+$/u, '')
  return `${Math.floor(amount / size)}${digits === '' ? '' : `.${digits}`}`
}
