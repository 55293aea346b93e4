import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { readJournal, readStoredDecision } from './decision-journal.ts'
import { DecisionStore } from './decision-store.ts'
import type { DecisionRecord } from './decision-store.ts'

let folder: TemporaryFolder
let path: string
beforeEach(() => {
  folder = createTemporaryFolder()
  path = join(folder.path, 'decisions.ndjson')
})
afterEach(() => folder.remove())

const write = (lines: readonly unknown[]): void =>
  writeFileSync(
    path,
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  )

const decision = {
  id: 7,
  uuid: 'u',
  type: 'ban',
  scope: 'ip',
  value: '192.0.2.1',
  untilMs: 2e12,
  origin: 'crowdsec',
  scenario: 'own/x',
  simulated: false,
  alertId: 3,
  machine: 'web1',
} as const

describe('the journal of decisions', () => {
  it('gives back what was written', () => {
    const records: DecisionRecord[] = [
      { op: 'add', decision },
      { op: 'remove', id: 7, atMs: 5, reason: 'office' },
    ]
    write(records)
    expect(readJournal(path)).toEqual({ records, unreadable: 0 })
  })

  it('counts and leaves out what is torn or foreign', () => {
    write([
      { op: 'add', decision },
      'nonsense',
      '[]',
      { op: 'add' },
      { op: 'add', decision: { ...decision, id: -1 } },
      { op: 'add', decision: { ...decision, id: 1.5 } },
      { op: 'add', decision: { ...decision, scope: 'planet' } },
      { op: 'add', decision: { ...decision, untilMs: '5' } },
      { op: 'add', decision: { ...decision, value: 'x'.repeat(2_000) } },
      { op: 'remove' },
      { op: 'erase', id: 7 },
      JSON.stringify({ op: 'add', decision }).slice(0, 50),
    ])
    const { records, unreadable } = readJournal(path)
    expect([records.length, unreadable]).toEqual([1, 11])
  })

  it('is empty where there is no file', () => {
    expect(readJournal(path)).toEqual({ records: [], unreadable: 0 })
  })

  it('takes the spelling of scopes that CrowdSec has, and fills in what older ones left out', () => {
    const { uuid: _u, origin: _o, scenario: _s, simulated: _d, alertId: _a, machine: _m, ...old } = decision
    expect(readStoredDecision({ ...old, scope: 'Ip' })).toEqual({
      ...old,
      uuid: '',
      origin: 'sevenfold',
      scenario: '',
      simulated: false,
    })
  })

  it('makes a store as it was, wherever the process was killed, up to the record that was torn', () => {
    const act = fc.oneof(
      fc.record({ act: fc.constant('add' as const), value: fc.integer({ min: 0, max: 20 }) }),
      fc.record({ act: fc.constant('remove' as const), value: fc.integer({ min: 1, max: 30 }) }),
    )
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), fc.nat({ max: 6_000 }), (acts, cut) => {
        const written: DecisionRecord[] = []
        const options = { now: () => 1e12, newUuid: () => 'u' }
        const store = new DecisionStore({
          ...options,
          journal: { append: (record) => void written.push(record) },
        })
        for (const { act: what, value } of acts) {
          if (what === 'add') store.add({ ...decision, value: `192.0.2.${value}` })
          else store.remove(value, 'test')
        }
        const text = written.map((record) => `${JSON.stringify(record)}\n`).join('')
        const torn = text.slice(0, cut)
        writeFileSync(path, torn)
        const read = readJournal(path)
        const whole = torn.split('\n').length - 1
        // A last line without its end may be whole all the same.
        expect([whole, whole + 1]).toContain(read.records.length)
        const again = new DecisionStore({
          ...options,
          journal: { append: () => undefined },
          records: read.records,
        })
        const expected = new DecisionStore({
          ...options,
          journal: { append: () => undefined },
          records: written.slice(0, read.records.length),
        })
        expect(again.active()).toEqual(expected.active())
        if (cut >= text.length) expect(again.active()).toEqual(store.active())
      }),
      { numRuns: 60 },
    )
  })
})
