import { GoTime } from '../helpers/go-time.ts'
import type { EventRecord } from '../record.ts'
import { parseGoTime } from './parse-go-time.ts'

const rfc3339 = '2006-01-02T15:04:05.999999999Z07:00'

/** The time of records in a replay: what their `MarshaledTime` says. The last answer is kept. */
export class TextTime {
  #text = ''
  #time: GoTime | undefined

  /** Undefined for a record that names no time. */
  read({ MarshaledTime }: EventRecord): GoTime | undefined {
    if (MarshaledTime === '') return undefined
    if (MarshaledTime !== this.#text) {
      this.#text = MarshaledTime
      this.#time = wholeSecond(MarshaledTime) ?? parseGoTime(rfc3339, MarshaledTime)?.time
    }
    return this.#time
  }
}

/** `2026-02-10T12:34:56Z`, the form of most, read without a layout; undefined for all others. */
function wholeSecond(text: string): GoTime | undefined {
  if (text.length !== 20 || text[10] !== 'T' || text[19] !== 'Z') return undefined
  if (text[4] !== '-' || text[7] !== '-' || text[13] !== ':' || text[16] !== ':') return undefined
  const year = digits(text, 0, 4)
  const [month, day] = [digits(text, 5, 2), digits(text, 8, 2)]
  const [hour, minute, second] = [digits(text, 11, 2), digits(text, 14, 2), digits(text, 17, 2)]
  // Of later days it depends on the month whether there are any.
  const isDay = year >= 1000 && month >= 1 && month <= 12 && day >= 1 && day <= 28
  const isTime = hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 59
  return isDay && isTime ? new GoTime(Date.UTC(year, month - 1, day, hour, minute, second)) : undefined
}

/** A number of so many digits; not a number where something else stands. */
function digits(text: string, from: number, count: number): number {
  let value = 0
  for (let at = from; at < from + count; at++) {
    const digit = text.charCodeAt(at) - 48
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : Number.NaN
  }
  return value
}
