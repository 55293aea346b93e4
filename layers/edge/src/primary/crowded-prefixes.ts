import { maskWords, parseIpRange } from '../address/ip-words.ts'

/** A network of this size is one place when room is needed: IPv4 /16 (behind the mapped prefix), IPv6 /32. */
const v4Bits = 112
const v6Bits = 32
/** Share of a place that is given up at once, so that a flood does not make each of its bans search anew. */
const atOnce = 0.5
/** Places with no more values than this are a crowd of their own: the oldest values of all go then. */
const small = 2

/** Name of the place of an address or range; the value itself when it is neither. */
function placeOf(value: string): string {
  const range = parseIpRange(value)
  if (range === null) return value
  const v4 = !value.includes(':')
  maskWords(range.words, v4 ? v4Bits : v6Bits)
  return v4 ? `4 ${range.words[3] ?? 0}` : `6 ${range.words[0] ?? 0}`
}

/**
 * Which values give way when there are too many: the oldest ones of the network that has most of them. Whoever gets
 * thousands of addresses of one network banned pushes out bans of that network, and no others.
 */
export class CrowdedPrefixes {
  private readonly places = new Map<string, Set<string>>()

  /** Counts a value; one that is known becomes the youngest of its place. */
  add(value: string): void {
    const name = placeOf(value)
    const place = this.places.get(name) ?? new Set()
    place.delete(value)
    this.places.set(name, place.add(value))
  }

  remove(value: string): void {
    const name = placeOf(value)
    const place = this.places.get(name)
    if (place?.delete(value) === true && place.size === 0) this.places.delete(name)
  }

  clear(): void {
    this.places.clear()
  }

  /** Values to give up so that at least one does, at most `most`; those that `keeps` names stay. */
  surplus(most: number, keeps: (value: string) => boolean): readonly string[] {
    let fullest: ReadonlySet<string> = new Set()
    for (const place of this.places.values()) if (place.size > fullest.size) fullest = place
    const count = Math.min(most, Math.ceil(fullest.size * atOnce))
    const found = fullest.size > small ? take(fullest, count, keeps) : []
    return found.length > 0 ? found : take(this.oldest(), most, keeps)
  }

  private *oldest(): Iterable<string> {
    for (const place of this.places.values()) yield* place
  }
}

function take(values: Iterable<string>, count: number, keeps: (value: string) => boolean): readonly string[] {
  const taken: string[] = []
  for (const value of values) {
    if (taken.length >= count) break
    if (!keeps(value)) taken.push(value)
  }
  return taken
}
