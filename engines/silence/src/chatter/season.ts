const hoursPerDay = 24
const hoursPerWeek = 168

/** Counts of one hour; `hour` counts from any Monday 00:00 UTC. */
export interface HourCount {
  readonly hour: number
  readonly count: number
}

/** How many events a source is expected to write, by the time of the week. */
export interface Season {
  /** Expected events in the minute that starts `minute` minutes after a Monday 00:00 UTC. */
  perMinute(minute: number): number
}

/** Hours at the plain mean that a profile is shrunk towards, in events. */
const shrinkEvents = 60

interface Sums {
  readonly total: Float64Array
  readonly hours: Float64Array
}

function addUp(history: readonly HourCount[], slots: number, slotOf: (hour: number) => number): Sums {
  const sums = { total: new Float64Array(slots), hours: new Float64Array(slots) }
  for (const { hour, count } of history) {
    const slot = slotOf(hour)
    sums.total[slot] = (sums.total[slot] ?? 0) + count
    sums.hours[slot] = (sums.hours[slot] ?? 0) + 1
  }
  return sums
}

function meanOf(sums: Sums, slot: number, otherwise: number): number {
  const hours = sums.hours[slot] ?? 0
  return hours === 0 ? otherwise : (sums.total[slot] ?? 0) / hours
}

const hourOfDay = (hour: number): number => hour % hoursPerDay
const dayOfWeek = (hour: number): number => Math.floor((hour % hoursPerWeek) / hoursPerDay)

/**
 * Learns a weekly season. Two weeks hold only two samples of each hour of the week, which is mostly noise; a product of
 * day and hour has 31 numbers instead of 168. Each hour of the week is therefore shrunk towards that product, and keeps
 * its own mean only as far as it has events to prove it.
 */
export function learnSeason(history: readonly HourCount[]): Season {
  const all = history.reduce((sum, { count }) => sum + count, 0) / Math.max(1, history.length)
  const days = addUp(history, 7, dayOfWeek)
  const hours = addUp(history, hoursPerDay, hourOfDay)
  const week = addUp(history, hoursPerWeek, (hour) => hour % hoursPerWeek)
  const expected = new Float64Array(hoursPerWeek)
  for (let slot = 0; slot < hoursPerWeek; slot += 1) {
    const product =
      all === 0 ? 0 : (meanOf(days, dayOfWeek(slot), all) * meanOf(hours, hourOfDay(slot), all)) / all
    const seen = week.total[slot] ?? 0
    const own = meanOf(week, slot, product)
    // The share of its own mean grows with what the hour has shown to deviate from the product, beyond chance.
    const excess = Math.max(0, (own - product) ** 2 - own / Math.max(1, week.hours[slot] ?? 1))
    const weight = (seen / (seen + shrinkEvents)) * (excess / (excess + (0.25 * product) ** 2 + 1e-9))
    expected[slot] = product + weight * (own - product)
  }
  return { perMinute: (minute) => interpolate(expected, minute) }
}

/** Between the middles of two hours of the same day the rate runs in a straight line; a new day may start with a step. */
function interpolate(expected: Float64Array, minute: number): number {
  const at = (((minute / 60) % hoursPerWeek) + hoursPerWeek) % hoursPerWeek
  const slot = Math.floor(at)
  const own = expected[slot] ?? 0
  const offset = at - slot - 0.5
  const neighbour = (slot + (offset < 0 ? -1 : 1) + hoursPerWeek) % hoursPerWeek
  const other = dayOfWeek(neighbour) === dayOfWeek(slot) ? (expected[neighbour] ?? own) : own
  return ((1 - Math.abs(offset)) * own + Math.abs(offset) * other) / 60
}
