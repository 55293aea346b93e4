import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import { SegmentReader, oldestPosition } from '@sevenfold/ledger/segments'
import { textAt } from '../alert/read-event.ts'
import { summaryOf } from '../alert/summary.ts'
import { logSourcesOf } from '../rules/log-sources.ts'
import type { LoadedRules } from '../rules/rule-set.ts'

/** What a run over stored events needs. */
export interface BackTestOptions {
  /** Folder of the ledger's segments. */
  readonly segments: string
  readonly rules: LoadedRules
  /** Events before this time are passed over, milliseconds since 1970. */
  readonly fromMs?: number
  /** Only these rules; all of them when absent. */
  readonly only?: readonly string[]
  /** Called now and then with how much was read. */
  readonly onProgress?: (progress: { readonly events: number; readonly timeMs: number }) => void
  /** Ends the run early; what was found until then counts. */
  readonly signal?: AbortSignal
  readonly maxSamples?: number
}

/** Matches of one rule. */
export interface RuleHits {
  readonly id: string
  readonly title: string
  readonly level: string
  count: number
  readonly samples: { readonly time: string; readonly eventId: string; readonly summary: string }[]
}

/** What a run found. */
export interface BackTest {
  readonly events: number
  readonly unreadable: number
  readonly firstMs: number
  readonly lastMs: number
  readonly hits: readonly RuleHits[]
  /** False when the run was ended early. */
  readonly complete: boolean
}

const limits = { maxTextLength: 65_536, maxDepth: 16, maxNodes: 20_000, maxStringLength: 65_536 }
const progressEvery = 20_000

class Tally {
  readonly #rules: LoadedRules
  readonly #only: ReadonlySet<string> | undefined
  readonly #maxSamples: number
  readonly #correlations
  readonly hits = new Map<string, RuleHits>()
  events = 0
  unreadable = 0
  firstMs = 0
  lastMs = 0

  constructor({ rules, only, maxSamples = 5 }: BackTestOptions) {
    this.#rules = rules
    this.#only = only === undefined ? undefined : new Set(only)
    this.#maxSamples = maxSamples
    this.#correlations = rules.set.openCorrelations()
  }

  take(line: Uint8Array, fromMs: number): void {
    const parsed = parseBoundedJson(Buffer.from(line).toString('utf8'), limits)
    if (!parsed.ok || !isJsonObject(parsed.value)) {
      this.unreadable += 1
      return
    }
    const event = parsed.value
    const timeMs = Date.parse(textAt(event, '@timestamp'))
    if (!(timeMs >= fromMs)) return
    this.events += 1
    this.firstMs = this.firstMs === 0 ? timeMs : this.firstMs
    this.lastMs = timeMs
    const matched = logSourcesOf(event).flatMap((source) => this.#rules.set.match(event, source))
    if (matched.length === 0) return
    const fired = this.#correlations.observe(matched, event, timeMs).map(({ rule }) => rule)
    for (const info of [...matched, ...fired]) {
      if (this.#only?.has(info.id) === false) continue
      const hit = this.hits.get(info.id) ?? {
        id: info.id,
        title: info.title,
        level: info.level ?? '',
        count: 0,
        samples: [],
      }
      this.hits.set(info.id, hit)
      hit.count += 1
      if (hit.samples.length < this.#maxSamples)
        hit.samples.push({
          time: textAt(event, '@timestamp'),
          eventId: textAt(event, 'event', 'id'),
          summary: summaryOf(event),
        })
    }
  }
}

/** Runs rules over the stored events, oldest first. Never throws for what stands in them. */
export async function backTest(options: BackTestOptions): Promise<BackTest> {
  const tally = new Tally(options)
  const reader = new SegmentReader(options.segments, oldestPosition(options.segments))
  let told = 0
  let complete = true
  try {
    for (;;) {
      if (options.signal?.aborted === true) {
        complete = false
        break
      }
      const { lines, state } = await reader.read()
      for (const { bytes } of lines) tally.take(bytes, options.fromMs ?? 0)
      if (tally.events - told >= progressEvery) {
        told = tally.events
        options.onProgress?.({ events: tally.events, timeMs: tally.lastMs })
      }
      if (lines.length === 0 && state !== 'more') break
    }
  } finally {
    await reader.close()
  }
  const { events, unreadable, firstMs, lastMs, hits } = tally
  return {
    events,
    unreadable,
    firstMs,
    lastMs,
    complete,
    hits: [...hits.values()].toSorted((a, b) => b.count - a.count),
  }
}
