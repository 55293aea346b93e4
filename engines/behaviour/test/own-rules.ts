import { GoTime, HubEngine } from '@sevenfold/behaviour'
import type { EventRecord, HubEngineOptions, RuleDocument, RuleFiles } from '@sevenfold/behaviour'

/** A rule document of plain values; its keys stand on lines of their own, in the order of the path. */
export function ruleDocument(value: unknown, file = 'own.yaml'): RuleDocument {
  return { file, value, at: (path, what) => ({ line: path.length + 1, column: what === 'key' ? 1 : 2 }) }
}

const plain = {
  name: 'own/plain',
  filter: 'true',
  onsuccess: 'next_stage',
  statics: [{ parsed: 'message', expression: 'evt.Line.Raw' }],
}

/** Reads `TIME key=value key=value …` into Meta; `-` for a time: none. */
const words = {
  name: 'own/words',
  onsuccess: 'next_stage',
  grok: { apply_on: 'message', pattern: '^%{NOTSPACE:time} %{GREEDYDATA:rest}$' },
  statics: [
    { target: 'evt.StrTime', expression: "evt.Parsed.time == '-' ? '' : evt.Parsed.time" },
    ...['kind', 'source_ip', 'user', 'page', 'n'].map((key) => ({
      meta: key,
      expression: `ParseKV(evt.Parsed.rest, evt.Unmarshaled, 'kv') == nil ? evt.Unmarshaled.kv.${key} ?? '' : ''`,
    })),
  ],
}

const dates = {
  name: 'own/dates',
  filter: "evt.StrTime != ''",
  statics: [
    { method: 'ParseDate', expression: 'evt.StrTime' },
    { target: 'MarshaledTime', expression: 'evt.Enriched.MarshaledTime' },
  ],
}
const always = { name: 'own/always', filter: 'true', statics: [{ parsed: 'seen', value: 'yes' }] }

/** Rule files around scenarios (and other documents) of a test. */
export function rulesOf(parts: {
  readonly scenarios?: readonly object[]
  readonly enrichers?: readonly object[]
  readonly postoverflows?: readonly object[]
  readonly contexts?: readonly object[]
}): RuleFiles {
  const file = (value: object, number: number): { documents: RuleDocument[] } => ({
    documents: [ruleDocument(value, `own${number}.yaml`)],
  })
  const enrichers = [dates, always, ...(parts.enrichers ?? [])]
  return {
    patterns: [],
    parsers: [
      { stage: 's00-raw', name: 'plain.yaml', ...file(plain, 0) },
      { stage: 's01-parse', name: 'words.yaml', ...file(words, 0) },
      ...enrichers.map((value, n) => ({ stage: 's02-enrich', name: `${n}.yaml`, ...file(value, n) })),
    ],
    postoverflows: (parts.postoverflows ?? []).map((value, n) => ({
      stage: 's01-whitelist',
      name: `${n}.yaml`,
      ...file(value, n),
    })),
    scenarios: (parts.scenarios ?? []).map(file),
    contexts: (parts.contexts ?? []).map(file),
  }
}

/** An engine over rules of a test, with what came out of it. */
export interface Bench {
  readonly engine: HubEngine
  readonly overflows: EventRecord[]
  readonly faults: string[]
  /** Moves the wall clock. */
  setNow(ms: number): void
  /** Takes lines, the time of each in seconds since noon. */
  feed(...lines: readonly (readonly [seconds: number, rest: string])[]): void
  /** Scenario, source and number of events of each overflow. */
  alerts(): readonly string[]
}

export const noon: number = Date.UTC(2026, 1, 10, 12)

/** Makes a bench. */
export function benchOf(files: RuleFiles, options: Partial<HubEngineOptions> = {}): Bench {
  let now = noon
  const overflows: EventRecord[] = []
  const faults: string[] = []
  const engine = new HubEngine(files, {
    clock: 'log',
    onOverflow: (record) => overflows.push(record),
    onFault: (scenario) => faults.push(scenario),
    ...options,
    facilities: { now: () => new GoTime(now), ...options.facilities },
  })
  const labels = new Map([['type', 'own']])
  return {
    engine,
    overflows,
    faults,
    setNow: (ms) => (now = ms),
    feed: (...lines) => {
      for (const [seconds, rest] of lines) {
        const time = new Date(noon + seconds * 1000).toISOString()
        if (options.clock === 'live') now = noon + seconds * 1000
        engine.takeLine({ raw: `${time} ${rest}`, source: 'own.log', module: 'file', labels })
      }
    },
    alerts: () =>
      overflows.flatMap(({ Overflow }) =>
        (Overflow?.APIAlerts ?? []).map(
          ({ Scenario, Source, EventsCount }) => `${Scenario} ${Source.Scope} ${Source.Value} ${EventsCount}`,
        ),
      ),
  }
}
