import { ChatterWatch, commonFactor, learnBaseline, minHistoryMinutes } from '@sevenfold/silence'
import type { Quiet } from '@sevenfold/silence'

/** Most sources, and the minutes that are remembered of each: two weeks. */
export const chatterLimits: { readonly maxSources: number; readonly minutes: number } = {
  maxSources: 64,
  minutes: 20_160,
}

const dayMinutes = 1_440
const relearnMinutes = dayMinutes
// 1970-01-01 was a Thursday; the engine counts from a Monday.
const mondayOffset = 3 * dayMinutes

interface Source {
  /** Ring of counts; `next` is where the next minute goes. */
  readonly counts: Uint16Array
  next: number
  seen: number
  current: number
  watch: ChatterWatch | undefined
  learnedAt: number
}

/** A source that is quiet. */
export interface QuietSource {
  readonly source: string
  readonly quiet: Quiet
}

/** Counts events of each source by the minute, learns what is usual, and says who is quiet. */
export class ChatterBook {
  readonly #sources = new Map<string, Source>()
  #minute = -1

  /** An event of a source. Heartbeats are not chatter. */
  take(source: string, timeMs: number): void {
    this.tick(timeMs)
    let known = this.#sources.get(source)
    if (known === undefined) {
      if (this.#sources.size >= chatterLimits.maxSources) return
      known = {
        counts: new Uint16Array(chatterLimits.minutes),
        next: 0,
        seen: 0,
        current: 0,
        watch: undefined,
        learnedAt: 0,
      }
      this.#sources.set(source, known)
    }
    known.current = Math.min(65_535, known.current + 1)
  }

  /** Ends the minutes that are over. Gives who is quiet; a long pause of our own says nothing about others. */
  tick(timeMs: number): readonly QuietSource[] {
    const minute = Math.floor(timeMs / 60_000)
    if (this.#minute < 0 || minute - this.#minute > 60) {
      this.#minute = minute
      for (const source of this.#sources.values()) source.current = 0
      return []
    }
    let quiet: readonly QuietSource[] = []
    for (; this.#minute < minute; this.#minute += 1) quiet = this.#close(this.#minute)
    return quiet
  }

  #close(minute: number): readonly QuietSource[] {
    const at = minute + mondayOffset
    const shares = new Map(
      Array.from(this.#sources, ([name, source]) => [
        name,
        { observed: hourOf(source), expected: (source.watch?.expected(at) ?? 0) * 60 },
      ]),
    )
    const quiet: QuietSource[] = []
    for (const [name, source] of this.#sources) {
      const others = [...shares].filter(([other]) => other !== name).map(([, share]) => share)
      const found = source.watch?.observe(at, source.current, commonFactor(others)) ?? null
      if (found !== null) quiet.push({ source: name, quiet: found })
      this.#store(source, at)
    }
    return quiet
  }

  #store(source: Source, minute: number): void {
    source.counts[source.next] = source.current
    source.next = (source.next + 1) % source.counts.length
    source.seen = Math.min(source.counts.length, source.seen + 1)
    source.current = 0
    if (source.seen < minHistoryMinutes || minute - source.learnedAt < relearnMinutes) return
    source.learnedAt = minute
    const counts = historyOf(source)
    source.watch = new ChatterWatch(learnBaseline({ firstMinute: minute + 1 - counts.length, counts }))
  }

  /** The counts as bytes, for keeping over a restart: a line of JSON for each source, counts in base64. */
  dump(): string {
    return Array.from(this.#sources, ([name, source]) => {
      const { buffer } = historyOf(source)
      return JSON.stringify({ name, minute: this.#minute, counts: Buffer.from(buffer).toString('base64') })
    }).join('\n')
  }

  /** Takes what `dump` gave; after more than a day without us a source begins anew. */
  restore(text: string, timeMs: number): void {
    const now = Math.floor(timeMs / 60_000)
    for (const line of text.split('\n').slice(0, chatterLimits.maxSources)) {
      if (line === '') continue
      const { name, minute, counts } = JSON.parse(line) as { name: string; minute: number; counts: string }
      const bytes = Buffer.from(counts, 'base64')
      if (now - minute > dayMinutes || bytes.length > chatterLimits.minutes * 2) continue
      const source: Source = {
        counts: new Uint16Array(chatterLimits.minutes),
        next: 0,
        seen: 0,
        current: 0,
        watch: undefined,
        learnedAt: 0,
      }
      for (let at = 0; at + 1 < bytes.length; at += 2) {
        source.counts[source.next] = bytes.readUInt16LE(at)
        source.next = (source.next + 1) % source.counts.length
        source.seen = Math.min(source.counts.length, source.seen + 1)
      }
      // What was not counted is taken to have been as the day before: zeros would look like silence.
      for (let missing = minute; missing < now; missing += 1) {
        const dayBefore = (source.next - dayMinutes + source.counts.length) % source.counts.length
        source.counts[source.next] = source.counts[dayBefore] ?? 0
        source.next = (source.next + 1) % source.counts.length
        source.seen = Math.min(source.counts.length, source.seen + 1)
      }
      this.#sources.set(name, source)
    }
    this.#minute = now
  }
}

function historyOf({ counts, next, seen }: Source): Uint16Array<ArrayBuffer> {
  const history = new Uint16Array(seen)
  const start = (next - seen + counts.length) % counts.length
  for (let at = 0; at < seen; at += 1) history[at] = counts[(start + at) % counts.length] ?? 0
  return history
}

function hourOf({ counts, next, seen }: Source): number {
  let sum = 0
  for (let age = 1; age <= Math.min(60, seen); age += 1)
    sum += counts[(next - age + counts.length) % counts.length] ?? 0
  return sum
}
