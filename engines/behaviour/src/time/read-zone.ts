import { isDigitAt } from './date-parts.ts'
import type { DateParts, PieceContext } from './date-parts.ts'

/** Reads an offset (`+02:00`, or `Z` where the layout allows it); gives the place after it, or -1. */
export function readOffset(parts: DateParts, { text, at, step }: PieceContext): number {
  const form = step.form.slice(1)
  if (step.form.startsWith('Z') && text[at] === 'Z') {
    parts.offsetSeconds = 0
    return at + 1
  }
  const sign = text[at]
  if (sign !== '+' && sign !== '-') return -1
  const values: number[] = []
  let place = at + 1
  for (const unit of form.includes(':') ? form.split(':') : (form.match(/../gu) ?? [])) {
    if (values.length > 0 && form.includes(':')) {
      if (text[place] !== ':') return -1
      place += 1
    }
    if (!isDigitAt(text, place) || !isDigitAt(text, place + 1)) return -1
    values.push(Number(text.slice(place, place + unit.length)))
    place += 2
  }
  const [hours = 0, minutes = 0, seconds = 0] = values
  if (hours > 24 || minutes > 60 || seconds > 60) return -1
  parts.offsetSeconds = (sign === '-' ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds)
  return place
}

/** Reads the name of a zone. Names say nothing reliable: only UTC is known, others count as UTC too, as in Go. */
export function readZone(parts: DateParts, { text, at }: PieceContext): number {
  const length = zoneLength(text.slice(at, at + 16))
  if (length === 0) return -1
  parts.offsetSeconds = 0
  return at + length
}

function zoneLength(text: string): number {
  if (text.startsWith('UTC')) return 3
  if (/^(?:ChST|MeST)/u.test(text)) return 4
  const gmt = /^GMT(?:[+-]\d{1,2})?/u.exec(text)
  if (gmt !== null) return gmt[0].length
  const numeric = /^[+-]\d{1,2}/u.exec(text)
  if (numeric !== null) return numeric[0].length
  const letters = /^[A-Z]*/u.exec(text)?.[0] ?? ''
  if (letters.length === 5) return letters.endsWith('T') ? 5 : 0
  if (letters.length === 4) return letters.endsWith('T') || letters === 'WITA' ? 4 : 0
  return letters.length === 3 ? 3 : 0
}
