const nsPerMs = 1_000_000
const msPerDay = 86_400_000

/**
 * A moment with nanoseconds and the offset it was written with, as Go's `time.Time`. Calendar methods (Hour, Day …)
 * answer in that offset. Immutable.
 */
export class GoTime {
  /** Milliseconds since 1970, whole. */
  readonly ms: number
  /** Nanoseconds within the millisecond, 0 to 999,999. */
  readonly ns: number
  /** Minutes east of UTC. */
  readonly offsetMinutes: number

  constructor(ms: number, ns = 0, offsetMinutes = 0) {
    this.ms = ms
    this.ns = ns
    this.offsetMinutes = offsetMinutes
  }

  /** Nanoseconds from `other` to this moment. Exact up to 104 days, to about a microsecond beyond. */
  nanosecondsSince(other: GoTime): number {
    return (this.ms - other.ms) * nsPerMs + (this.ns - other.ns)
  }

  /** This moment plus (or minus) a number of nanoseconds. */
  plus(nanoseconds: number): GoTime {
    const wholeMs = Math.floor(nanoseconds / nsPerMs)
    const ns = this.ns + (nanoseconds - wholeMs * nsPerMs)
    return ns >= nsPerMs
      ? new GoTime(this.ms + wholeMs + 1, ns - nsPerMs, this.offsetMinutes)
      : new GoTime(this.ms + wholeMs, ns, this.offsetMinutes)
  }

  /** Negative, 0 or positive. */
  compare(other: GoTime): number {
    return this.ms - other.ms || this.ns - other.ns
  }

  /** Whether this is Go's zero time (year 1), which stands for "no time". */
  get isZero(): boolean {
    return this.ms === zeroMs && this.ns === 0
  }

  /** A date whose UTC fields are the calendar fields of this moment in its offset. */
  get calendar(): Date {
    return new Date(this.ms + this.offsetMinutes * 60_000)
  }

  /** 1 to 366. */
  get yearDay(): number {
    const at = this.calendar
    return Math.floor((at.getTime() - Date.UTC(at.getUTCFullYear(), 0, 1)) / msPerDay) + 1
  }

  /** RFC 3339 with as many digits of the second as are needed (Go's RFC3339Nano). */
  toRfc3339(): string {
    const text = this.calendar.toISOString()
    const fraction = ((this.ms % 1000) + 1000) % 1000
    if (fraction === 0 && this.ns === 0) return `${text.slice(0, -5)}${offsetText(this.offsetMinutes, ':')}`
    const digits = `${String(fraction).padStart(3, '0')}${String(this.ns).padStart(6, '0')}`.replace(
      /0+$/,
      '',
    )
    return `${text.slice(0, -5)}${digits === '' ? '' : `.${digits}`}${offsetText(this.offsetMinutes, ':')}`
  }
}

const zeroMs = -62_135_596_800_000

/** Go's zero time: 1 January of year 1. */
export const zeroTime: GoTime = new GoTime(zeroMs)

/** `Z`, or `+02:00` with the separator given. */
export function offsetText(offsetMinutes: number, separator: string): string {
  if (offsetMinutes === 0) return 'Z'
  const away = Math.abs(offsetMinutes)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(away / 60))}${separator}${two(away % 60)}`
}
