import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { createTemporaryFolder } from '@sevenfold/testkit'
import { openLineLog } from '../journal/line-log.ts'
import { readJournal } from './decision-journal.ts'
import { changeMemoryMs } from './change-memory.ts'
import type { DecisionChange } from './change-memory.ts'
import { DecisionStore } from './decision-store.ts'
import type { DecisionRecord, DecisionWish } from './decision-store.ts'

function storeAt(start = 1_000_000, records: readonly DecisionRecord[] = []) {
  const time = { now: start }
  const written: DecisionRecord[] = []
  let uuid = 0
  const store = new DecisionStore({
    now: () => time.now,
    newUuid: () => `uuid-${(uuid += 1)}`,
    journal: { append: (record) => void written.push(record) },
    records,
  })
  return { store, time, written }
}

const ban = (value: string, untilMs: number): DecisionWish => ({
  type: 'ban',
  scope: 'ip',
  value,
  untilMs,
  origin: 'test',
  scenario: 'test',
  simulated: false,
})

describe('the store of decisions', () => {
  it('numbers decisions and changes from 1 on', () => {
    const { store } = storeAt()
    const changes: DecisionChange[] = []
    store.onChange((change) => void changes.push(change))
    const first = store.add(ban('192.0.2.1', 2_000_000))
    const second = store.add(ban('192.0.2.2', 2_000_000))
    store.remove(first.id, 'mistake')
    expect([first.id, second.id]).toEqual([1, 2])
    expect(changes.map(({ version }) => version)).toEqual([1, 2, 3])
    expect(changes[2]?.remove).toEqual([first])
    expect(store.active()).toEqual([second])
  })

  it('ends decisions in the order of their ends, at their time and not before', () => {
    const { store, time } = storeAt(0)
    for (const until of [50, 10, 30, 20, 40]) store.add(ban(`192.0.2.${until}`, until))
    time.now = 9
    expect(store.expire()).toEqual([])
    time.now = 30
    expect(store.expire().map(({ untilMs }) => untilMs)).toEqual([10, 20, 30])
    expect(store.nextEndMs()).toBe(40)
    expect(store.size).toBe(2)
  })

  it('removes nothing twice', () => {
    const { store, time } = storeAt(0)
    const { id } = store.add(ban('192.0.2.1', 10))
    expect(store.remove(id, '')).toBeDefined()
    expect(store.remove(id, '')).toBeUndefined()
    time.now = 20
    expect(store.expire()).toEqual([])
  })

  it('knows the longest decision for the same ban', () => {
    const { store } = storeAt(0)
    store.add(ban('192.0.2.1', 100))
    const long = store.add(ban('192.0.2.1', 300))
    store.add(ban('192.0.2.1', 200))
    store.add({ ...ban('192.0.2.1', 999), type: 'captcha' })
    expect(store.longest({ type: 'ban', scope: 'ip', value: '192.0.2.1' })).toEqual(long)
    expect(store.longest({ type: 'ban', scope: 'ip', value: '192.0.2.2' })).toBeUndefined()
  })

  it('comes back from its records with the same decisions and fresh numbers', () => {
    const { store, written } = storeAt(0)
    store.add(ban('192.0.2.1', 100))
    const removed = store.add(ban('192.0.2.2', 100))
    store.add(ban('192.0.2.3', 10))
    store.remove(removed.id, 'mistake')
    const { store: again } = storeAt(50, written)
    expect(again.active().map(({ value }) => value)).toEqual(['192.0.2.1'])
    expect(again.add(ban('192.0.2.4', 100)).id).toBe(4)
    expect(again.remembered().flatMap((change) => change.remove.map(({ value }) => value))).toEqual([
      '192.0.2.2',
      '192.0.2.3',
    ])
  })

  it('gives the changes since a version, and says when it has forgotten them', () => {
    const { store, time } = storeAt(0)
    for (let i = 0; i < 10; i += 1) store.add(ban(`192.0.2.${i}`, 1e15))
    expect(store.changesSince(7)?.map(({ version }) => version)).toEqual([8, 9, 10])
    expect(store.changesSince(10)).toEqual([])
    expect(store.changesSince(11)).toBeUndefined()
    time.now = changeMemoryMs * 2
    store.add(ban('198.51.100.1', 1e15))
    expect(store.changesSince(7)).toBeUndefined()
    expect(store.changesSince(10)?.map(({ version }) => version)).toEqual([11])
  })

  it('gives by its changes what it holds, whatever happens', () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('add' as const),
        value: fc.nat(5),
        lasts: fc.integer({ min: 1, max: 50 }),
      }),
      fc.record({ kind: fc.constant('remove' as const), id: fc.nat(20) }),
      fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(30) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { store, time, written } = storeAt(0)
        const mirror = new Map<number, string>()
        store.onChange(({ add, remove }) => {
          for (const decision of add) mirror.set(decision.id, decision.value)
          for (const decision of remove) mirror.delete(decision.id)
        })
        for (const one of steps) {
          if (one.kind === 'add') store.add(ban(`192.0.2.${one.value}`, time.now + one.lasts))
          else if (one.kind === 'remove') store.remove(one.id, '')
          else time.now += one.ms
          store.expire()
        }
        const held = new Map(store.active().map(({ id, value }) => [id, value]))
        expect(mirror).toEqual(held)
        expect(
          new Map(
            storeAt(time.now, written)
              .store.active()
              .map(({ id, value }) => [id, value]),
          ),
        ).toEqual(held)
      }),
      { numRuns: Number(process.env['FC_RUNS'] ?? 200) },
    )
  })

  it('holds many decisions and finds the next end among them', () => {
    const { store, time } = storeAt(0)
    for (let i = 0; i < 50_000; i += 1)
      store.add(ban(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, 1 + ((i * 7919) % 50_000)))
    time.now = 1000
    expect(store.expire()).toHaveLength(1000)
    expect(store.size).toBe(49_000)
  })
})

describe('the journal of decisions', () => {
  async function withFolder(test: (path: string) => Promise<void>): Promise<void> {
    const folder = createTemporaryFolder()
    try {
      await test(join(folder.path, 'decisions.ndjson'))
    } finally {
      folder.remove()
    }
  }
  const record = (id: number): DecisionRecord => ({
    op: 'add',
    decision: { ...ban(`192.0.2.${id}`, 5000), id, uuid: `u${id}` },
  })

  it('keeps records over restarts', () =>
    withFolder(async (path) => {
      const errors: unknown[] = []
      const journal = await openLineLog<DecisionRecord>({
        path,
        records: () => [record(1)],
        onError: (error) => errors.push(error),
      })
      journal.append(record(2))
      journal.append({ op: 'remove', id: 1, atMs: 7, reason: 'mistake' })
      await journal.close()
      expect(errors).toEqual([])
      expect(readJournal(path)).toEqual({
        records: [record(1), record(2), { op: 'remove', id: 1, atMs: 7, reason: 'mistake' }],
        unreadable: 0,
      })
    }))

  it('leaves out a torn last line and lines that are no records', () =>
    withFolder(async (path) => {
      const journal = await openLineLog({ path, records: () => [record(1)], onError: () => undefined })
      await journal.close()
      const bad = [
        '{"op":"add","decision":{"id":-1}}',
        '[]',
        'x',
        '{"op":"add"}',
        '{"op":"add","decision":{"id":3,"scope":"planet"}}',
      ]
      appendFileSync(path, `${bad.join('\n')}\n{"op":"add","decis`)
      expect(readJournal(path)).toEqual({ records: [record(1)], unreadable: 6 })
      expect(readJournal(`${path}.none`)).toEqual({ records: [], unreadable: 0 })
    }))

  it('begins with what it is given and nothing of the old file', () =>
    withFolder(async (path) => {
      writeFileSync(path, 'old\n')
      const journal = await openLineLog({ path, records: () => [], onError: () => undefined })
      await journal.close()
      expect(readFileSync(path, 'utf8')).toBe('')
    }))
})

describe('the store with a block list in it', () => {
  it('makes many decisions in one change', () => {
    const { store, written } = storeAt(0)
    const changes: DecisionChange[] = []
    store.onChange((change) => void changes.push(change))
    const made = store.addAll([ban('192.0.2.1', 10), ban('192.0.2.2', 10)])
    expect(changes).toEqual([expect.objectContaining({ version: 1, add: made, remove: [] })])
    expect(store.removeAll([1, 2, 3], 'replaced')).toEqual(made)
    expect(changes).toHaveLength(2)
    expect(written).toHaveLength(4)
    expect([store.addAll([]), store.removeAll([], '')]).toEqual([[], []])
    expect(store.version).toBe(2)
  })

  it('finds what stands on an address and around it', () => {
    const { store } = storeAt(0)
    const one = store.add(ban('192.0.2.1', 10))
    const two = store.add({ ...ban('192.0.2.1', 10), type: 'captcha' })
    const around = store.add({ ...ban('192.0.2.0/24', 10), scope: 'range' })
    store.add({ ...ban('192.0.3.0/24', 10), scope: 'range' })
    const range = { family: 'ipv4', prefix: 32, first: 0xc0_00_02_01n, last: 0xc0_00_02_01n } as const
    expect(store.around(range, '192.0.2.1')).toEqual([one, two, around])
    store.remove(one.id, '')
    store.remove(around.id, '')
    expect(store.around(range, '192.0.2.1')).toEqual([two])
    store.remove(two.id, '')
    expect(store.at({ scope: 'ip', value: '192.0.2.1' })).toEqual([])
  })

  it('tells of decisions that were taken back also after its journal was compacted', () => {
    const { store } = storeAt(0)
    const { id } = store.add(ban('192.0.2.1', 1000))
    store.add(ban('192.0.2.2', 1000))
    store.remove(id, 'mistake')
    const { store: second } = storeAt(1, store.records())
    const { store: third } = storeAt(2, second.records())
    expect(third.active().map(({ value }) => value)).toEqual(['192.0.2.2'])
    expect(third.remembered().flatMap(({ remove }) => remove.map(({ value }) => value))).toEqual([
      '192.0.2.1',
    ])
  })
})
