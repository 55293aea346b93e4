import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { Alert } from './alert.ts'
import { AlertStore, maxAlerts, maxAlertsOfMachine, readAlertLog } from './alert-store.ts'
import type { AlertRecord } from './alert-store.ts'
import { alertLimits, readAlerts } from './read-alert.ts'

const alert: Alert = {
  scenario: 's',
  scenario_hash: '',
  scenario_version: '',
  message: '',
  events_count: 1,
  start_at: '',
  stop_at: '',
  capacity: 0,
  leakspeed: '',
  simulated: false,
  events: [],
  remediation: true,
  source: { scope: 'Ip', value: '192.0.2.1' },
  meta: [],
  labels: [],
  kind: '',
  decisions: [],
}
function open(records: readonly AlertRecord[] = []) {
  const written: AlertRecord[] = []
  const store = new AlertStore({
    now: () => 0,
    newUuid: () => 'u',
    append: (record) => void written.push(record),
    records,
  })
  return { store, written }
}

describe('the store of alerts', () => {
  it('numbers alerts, gives the newest first, and comes back from its log', () => {
    const { store, written } = open()
    for (let i = 0; i < 3; i += 1) store.add(alert, { machine: '', decisionIds: [i] })
    expect([store.remove(2), store.remove(2)]).toEqual([true, false])
    expect(store.newestFirst().map(({ id }) => id)).toEqual([3, 1])
    for (const records of [written, store.records()]) {
      const again = open(records).store
      expect(again.newestFirst().map(({ id }) => id)).toEqual([3, 1])
      expect(again.nextId).toBe(4)
    }
  })

  it('lets a machine that floods push out only its own alerts', () => {
    const { store } = open()
    store.add(alert, { machine: 'quiet', decisionIds: [] })
    for (let i = 0; i < maxAlertsOfMachine + 10; i += 1)
      store.add(alert, { machine: 'loud', decisionIds: [] })
    expect(store.size).toBe(maxAlertsOfMachine + 1)
    expect(store.get(1)?.machine_id).toBe('quiet')
    expect(store.get(11)).toBeUndefined()
  })

  it('is bounded as a whole', () => {
    const { store } = open()
    for (let i = 0; i < maxAlerts + 5; i += 1) store.add(alert, { machine: '', decisionIds: [] })
    expect([store.size, store.get(5), store.get(6)?.id]).toEqual([maxAlerts, undefined, 6])
  })

  it('leaves out lines of its log that cannot be read', () => {
    const folder = createTemporaryFolder()
    const path = join(folder.path, 'alerts.ndjson')
    const { store, written } = open()
    store.add(alert, { machine: 'm', decisionIds: [] })
    writeFileSync(path, written.map((record) => `${JSON.stringify(record)}\n`).join(''))
    appendFileSync(path, '{"op":"alert"}\n[]\n{"op":"remove"}\nx\n{"op":"alert","alert":{"id":')
    expect(readAlertLog(path)).toEqual(written)
    expect(readAlertLog(`${path}.none`)).toEqual([])
    folder.remove()
  })
})

describe('alerts that are read', () => {
  const time = '2026-01-31T12:00:00+01:00'
  const wire = (change: object = {}) => ({
    scenario: 's',
    start_at: time,
    stop_at: time,
    source: { scope: 'Ip', value: 'x' },
    ...change,
  })

  it('keep what they say, in one form', () => {
    const [read] = readAlerts([
      wire({ source: { scope: 'Ip', value: 'x', cn: 'FR', latitude: 1.5 }, labels: ['a', 7] }),
    ])
    expect(read).toMatchObject({
      start_at: '2026-01-31T11:00:00.000Z',
      source: { cn: 'FR', latitude: 1.5 },
      labels: ['a', ''],
      decisions: [],
    })
    expect(readAlerts([])).toEqual([])
  })

  it('lose events beyond the limit, as they are only shown', () => {
    const events = Array.from({ length: alertLimits.events + 1 }, () => ({ timestamp: time, meta: [] }))
    expect(readAlerts([wire({ events })])[0]?.events).toHaveLength(alertLimits.events)
  })

  it.each([
    [{ source: 7 }, 'alerts.0.source is no object'],
    [{ source: { scope: 'Ip' } }, 'alerts.0.source.value'],
    [{ events: {} }, 'alerts.0.events is a list'],
    [{ events: [{ timestamp: 5 }] }, 'alerts.0.events.0.timestamp'],
    [{ events_count: 1e12 }, 'alerts.0.events_count'],
    [{ decisions: [{ scope: 'Ip' }] }, 'alerts.0.decisions.0.value'],
    [{ decisions: Array.from({ length: alertLimits.decisions + 1 }, () => ({})) }, 'at most 10000'],
    [{ message: 7 }, 'alerts.0.message is text'],
  ])('with %j are refused with the place', (change, message) => {
    expect(() => readAlerts([wire(change)])).toThrow(message)
  })
})
