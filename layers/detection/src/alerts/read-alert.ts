import { isJsonObject } from '@sevenfold/event'
import type { Json, JsonObject } from '@sevenfold/event'
import { DetectionError } from '../detection-error.ts'
import type { Alert, AlertDecision, AlertEvent, AlertMeta, AlertSource } from './alert.ts'

/** Bounds of what one request may report. */
export const alertLimits = {
  /** Alerts in one request. */
  alerts: 500,
  /** Events kept of one alert; further ones are left out, as they are only shown. */
  events: 100,
  /** Facts kept of an alert or an event. */
  meta: 100,
  /** Decisions in one alert; an import by hand brings many. */
  decisions: 10_000,
  /** Characters of a name or value. */
  word: 512,
  /** Characters of a message or a fact. */
  text: 4_096,
} as const

function bad(path: string, what: string): never {
  throw new DetectionError('DETECTION_BAD_ALERT', `${path} ${what}`)
}

class Reader {
  readonly #object: JsonObject
  readonly #path: string

  constructor(value: Json | undefined, path: string) {
    if (!isJsonObject(value)) bad(path, 'is no object')
    this.#object = value
    this.#path = path
  }

  word(key: string, or?: string): string {
    const value = this.#object[key] ?? or
    if (typeof value !== 'string' || value.length > alertLimits.word)
      return bad(`${this.#path}.${key}`, `is text of at most ${alertLimits.word} characters`)
    return value
  }

  text(key: string, or?: string): string {
    const value = this.#object[key] ?? or
    return typeof value === 'string'
      ? value.slice(0, alertLimits.text)
      : bad(`${this.#path}.${key}`, 'is text')
  }

  count(key: string, or?: number): number {
    const value = this.#object[key] ?? or
    return typeof value === 'number' && Number.isSafeInteger(value) && Math.abs(value) <= 2 ** 31
      ? value
      : bad(`${this.#path}.${key}`, 'is a whole number of 32 bits')
  }

  flag(key: string): boolean {
    return this.#object[key] === true
  }

  instant(key: string): string {
    const value = this.word(key)
    const time = Date.parse(value)
    return Number.isNaN(time)
      ? bad(`${this.#path}.${key}`, 'is no ISO 8601 time')
      : new Date(time).toISOString()
  }

  list<Item>(key: string, most: number, read: (item: Json, path: string) => Item): readonly Item[] {
    const value = this.#object[key] ?? []
    if (!Array.isArray(value)) return bad(`${this.#path}.${key}`, 'is a list')
    const items: readonly Json[] = value
    return items.slice(0, most).map((item, i) => read(item, `${this.#path}.${key}.${i}`))
  }

  length(key: string): number {
    const value = this.#object[key]
    return Array.isArray(value) ? value.length : 0
  }

  child(key: string): Reader {
    return new Reader(this.#object[key], `${this.#path}.${key}`)
  }

  number(key: string): number | undefined {
    const value = this.#object[key]
    return typeof value === 'number' ? value : undefined
  }
}

function readMeta(item: Json, path: string): AlertMeta {
  const reader = new Reader(item, path)
  return { key: reader.word('key', ''), value: reader.text('value', '') }
}

function readEvent(item: Json, path: string): AlertEvent {
  const reader = new Reader(item, path)
  return { timestamp: reader.word('timestamp', ''), meta: reader.list('meta', alertLimits.meta, readMeta) }
}

function readSource(reader: Reader): AlertSource {
  const named = (['ip', 'range', 'as_number', 'as_name', 'cn'] as const).flatMap((key) => {
    const value = reader.word(key, '')
    return value === '' ? [] : [[key, value] as const]
  })
  const [latitude, longitude] = [reader.number('latitude'), reader.number('longitude')]
  return {
    scope: reader.word('scope'),
    value: reader.word('value'),
    ...Object.fromEntries(named),
    ...(latitude === undefined ? {} : { latitude }),
    ...(longitude === undefined ? {} : { longitude }),
  }
}

function readDecision(item: Json, path: string): AlertDecision {
  const reader = new Reader(item, path)
  return {
    origin: reader.word('origin', ''),
    type: reader.word('type', 'ban'),
    scope: reader.word('scope'),
    value: reader.word('value'),
    duration: reader.word('duration', ''),
    scenario: reader.word('scenario', ''),
    ...(reader.flag('simulated') ? { simulated: true } : {}),
  }
}

function readAlert(item: Json, path: string): Alert {
  const reader = new Reader(item, path)
  if (reader.length('decisions') > alertLimits.decisions)
    bad(`${path}.decisions`, `has at most ${alertLimits.decisions} items`)
  return {
    scenario: reader.word('scenario'),
    scenario_hash: reader.word('scenario_hash', ''),
    scenario_version: reader.word('scenario_version', ''),
    message: reader.text('message', ''),
    events_count: reader.count('events_count', 0),
    start_at: reader.instant('start_at'),
    stop_at: reader.instant('stop_at'),
    capacity: reader.count('capacity', 0),
    leakspeed: reader.word('leakspeed', ''),
    simulated: reader.flag('simulated'),
    events: reader.list('events', alertLimits.events, readEvent),
    remediation: reader.flag('remediation'),
    source: readSource(reader.child('source')),
    meta: reader.list('meta', alertLimits.meta, readMeta),
    labels: reader.list('labels', alertLimits.meta, (label) =>
      typeof label === 'string' ? label.slice(0, alertLimits.word) : '',
    ),
    kind: reader.word('kind', ''),
    decisions: reader.list('decisions', alertLimits.decisions, readDecision),
  }
}

/** Reads the body of `POST /v1/alerts`, a list of alerts. Throws `DETECTION_BAD_ALERT` with the place of what is wrong. */
export function readAlerts(body: Json): readonly Alert[] {
  if (!Array.isArray(body)) return bad('the body', 'is no list of alerts')
  const items: readonly Json[] = body
  if (items.length > alertLimits.alerts) bad('the body', `has at most ${alertLimits.alerts} alerts`)
  return items.map((item, i) => readAlert(item, `alerts.${i}`))
}
