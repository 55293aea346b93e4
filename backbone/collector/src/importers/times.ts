const months: ReadonlyMap<string, number> = new Map(
  ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].map((name, at) => [
    name,
    at,
  ]),
)

/** Milliseconds since 1970 of an ISO 8601 time, also with an offset without colon (`+0000`) and more than milliseconds. */
export function isoTime(text: string | undefined): number | undefined {
  if (text === undefined || text.length > 40) return undefined
  const plain = text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2').replace(/(\.\d{3})\d+/, '$1')
  return known(Date.parse(plain))
}

/** Milliseconds since 1970 of seconds, with or without a fraction. */
export function secondsTime(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : known(Math.round(seconds * 1_000))
}

/** Milliseconds since 1970 of the time in brackets of an access log (`31/Jan/2026:12:00:00 +0100`). */
export function commonLogTime(text: string): number | undefined {
  const match = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/.exec(text)
  if (match === null) return undefined
  const [, day, name = '', year, hour, minute, second, sign, offsetHours, offsetMinutes] = match
  const month = months.get(name)
  if (month === undefined) return undefined
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000 * (sign === '-' ? -1 : 1)
  const local = Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second))
  return known(local - offset)
}

/** Milliseconds since 1970 of C's `ctime` (`Sat Jan 31 12:00:00 2026`), read as UTC. */
export function ctimeTime(text: string | undefined): number | undefined {
  const match = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4})$/.exec(text ?? '')
  const month = months.get(match?.[1] ?? '')
  if (match === null || month === undefined) return undefined
  const [, , day, hour, minute, second, year] = match
  return known(Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second)))
}

function known(timeMs: number): number | undefined {
  return Number.isFinite(timeMs) && Math.abs(timeMs) < 8.64e15 ? timeMs : undefined
}
