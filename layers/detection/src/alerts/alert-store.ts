import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import { readLines } from '../journal/read-lines.ts'
import type { Alert, StoredAlert } from './alert.ts'

/** Most alerts in memory; of one machine at most a fifth, so that one that floods pushes out only its own. */
export const maxAlerts = 20_000
export const maxAlertsOfMachine: number = maxAlerts / 5

/** One record of the log behind the alerts. */
export type AlertRecord =
  | { readonly op: 'alert'; readonly alert: StoredAlert }
  | { readonly op: 'remove'; readonly id: number }

/** What the store of alerts needs. */
export interface AlertStoreOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly newUuid: () => string
  /** Keeps records; must not make the store wait. */
  readonly append: (record: AlertRecord) => void
  readonly records?: readonly AlertRecord[]
}

const lineLimits = { maxTextLength: 1_048_576, maxDepth: 8, maxNodes: 50_000, maxStringLength: 8_192 }

/** Records in the file of alerts, oldest first; lines that cannot be read are left out. */
export function readAlertLog(path: string): AlertRecord[] {
  return [...readLines(path)].flatMap((line): AlertRecord[] => {
    const parsed = parseBoundedJson(line, lineLimits)
    if (!parsed.ok || !isJsonObject(parsed.value)) return []
    const { op, id, alert } = parsed.value
    if (op === 'remove' && typeof id === 'number') return [{ op, id }]
    const isWhole =
      op === 'alert' &&
      isJsonObject(alert) &&
      typeof alert['id'] === 'number' &&
      isJsonObject(alert['source'])
    // Written by ourselves from an alert that was read field by field.
    return isWhole ? [{ op, alert: alert as unknown as StoredAlert }] : []
  })
}

/** The last alerts, in memory, with an append-only log behind. */
export class AlertStore {
  readonly #options: AlertStoreOptions
  readonly #alerts = new Map<number, StoredAlert>()
  readonly #ofMachine = new Map<string, Set<number>>()
  #lastId = 0

  constructor(options: AlertStoreOptions) {
    this.#options = options
    for (const record of options.records ?? []) {
      if (record.op === 'remove') this.#drop(record.id)
      else this.#insert(record.alert)
    }
  }

  /** Alerts now. */
  get size(): number {
    return this.#alerts.size
  }

  /** The number that the next alert gets. */
  get nextId(): number {
    return this.#lastId + 1
  }

  /** Keeps an alert with the decisions that it led to. */
  add(alert: Alert, made: { machine: string; decisionIds: readonly number[] }): StoredAlert {
    const { decisions: _, ...facts } = alert
    const stored = {
      ...facts,
      id: this.nextId,
      uuid: this.#options.newUuid(),
      created_at: new Date(this.#options.now()).toISOString(),
      machine_id: made.machine,
      decisionIds: made.decisionIds,
    }
    this.#insert(stored)
    this.#options.append({ op: 'alert', alert: stored })
    return stored
  }

  get(id: number): StoredAlert | undefined {
    return this.#alerts.get(id)
  }

  /** Every alert, newest first. */
  newestFirst(): readonly StoredAlert[] {
    return [...this.#alerts.values()].toReversed()
  }

  /** Removes an alert; false when there is none. Its decisions are another matter. */
  remove(id: number): boolean {
    if (!this.#drop(id)) return false
    this.#options.append({ op: 'remove', id })
    return true
  }

  /** What a compacted log holds. */
  records(): AlertRecord[] {
    return [...this.#alerts.values()].map((alert) => ({ op: 'alert', alert }))
  }

  #insert(alert: StoredAlert): void {
    this.#lastId = Math.max(this.#lastId, alert.id)
    this.#alerts.set(alert.id, alert)
    let own = this.#ofMachine.get(alert.machine_id)
    if (own === undefined) this.#ofMachine.set(alert.machine_id, (own = new Set()))
    own.add(alert.id)
    const [oldestOwn] = own
    if (alert.machine_id !== '' && own.size > maxAlertsOfMachine && oldestOwn !== undefined)
      this.#drop(oldestOwn)
    const [oldest] = this.#alerts.keys()
    if (this.#alerts.size > maxAlerts && oldest !== undefined) this.#drop(oldest)
  }

  #drop(id: number): boolean {
    const alert = this.#alerts.get(id)
    if (alert === undefined) return false
    this.#alerts.delete(id)
    const own = this.#ofMachine.get(alert.machine_id)
    own?.delete(id)
    if (own?.size === 0) this.#ofMachine.delete(alert.machine_id)
    return true
  }
}
