import { createEventBuilder, createRedactor, uuidV7 } from '@sevenfold/event'
import { describe, expect, it } from 'vitest'
import { admits, pressureOf } from './admission.ts'
import { budgetOf, minSpoolBytes } from './budget.ts'
import { createLosses } from './losses.ts'
import { epochDraft, lossDraft, partOf } from './own-events.ts'

const events = createEventBuilder({
  layer: 'edge',
  now: () => 0,
  newId: uuidV7,
  redactor: createRedactor(new Uint8Array(32)),
})

describe('the pressure on the high lane', () => {
  it.each([
    [0, 0, 'normal'],
    [0.49, 0.24, 'normal'],
    [0.5, 0, 'pressed'],
    [0, 0.25, 'pressed'],
    [0.99, 0.74, 'pressed'],
    [1, 0, 'full'],
    [0, 0.75, 'full'],
    [1.24, 0.99, 'full'],
    [1.25, 0, 'closed'],
    [0, 1, 'closed'],
  ])('with the disk at %d and the memory at %d is %s', (disk, memory, expected) => {
    expect(pressureOf(disk, memory)).toBe(expected)
  })

  const failed = events.authentication({ outcome: 'failure', userName: 'a' })
  const success = events.authentication({ outcome: 'success', userName: 'a' })
  const act = events.admin({ op: 'mode', actor: 'a' }, 'success')
  const notice = events.notice('a', 'b')

  it.each([
    ['pressed', [true, true, true, true]],
    ['full', [false, true, true, false]],
    ['closed', [false, false, false, false]],
  ] as const)('%s lets failed login, login, admin act and notice in: %j', (level, expected) => {
    expect([failed, success, act, notice].map((draft) => admits(level, draft))).toEqual(expected)
  })
})

describe('the budget', () => {
  it('is split so that both lanes together never exceed it', () => {
    for (const total of [0, minSpoolBytes, 10_000_000, 67_108_864, 2 ** 40]) {
      const { highBytes, lowBytes, segmentBytes } = budgetOf(total)
      expect(highBytes + lowBytes).toBe(Math.max(minSpoolBytes, total))
      expect(segmentBytes * 8).toBeLessThan(highBytes + lowBytes + 1)
      expect(segmentBytes).toBeLessThanOrEqual(4_194_304)
    }
  })
})

describe('losses', () => {
  it('of one lane and reason grow together, others stay apart', () => {
    const losses = createLosses()
    losses.add('low', { first: 5, last: 9, count: 5 }, 'overflow')
    losses.add('low', { first: 20, last: 20, count: 1 }, 'overflow')
    losses.add('low', { first: 1, last: 1, count: 1 }, 'disk-full')
    losses.add('high', { first: 2, last: 2, count: 1 }, 'overflow')
    expect(losses.isEmpty()).toBe(false)
    expect(losses.take()).toEqual([
      { lane: 'low', reason: 'overflow', first: 5, last: 20, count: 6 },
      { lane: 'low', reason: 'disk-full', first: 1, last: 1, count: 1 },
      { lane: 'high', reason: 'overflow', first: 2, last: 2, count: 1 },
    ])
    expect([losses.isEmpty(), losses.take()]).toEqual([true, []])
  })
})

describe('events of the spool itself', () => {
  it('carry the part of their agent', () => {
    expect([partOf('edge/w0'), partOf('ledger/main'), partOf('nobody/x'), partOf('')]).toEqual([
      'edge',
      'ledger',
      'supervisor',
      'supervisor',
    ])
    const loss = { lane: 'low', first: 1, last: 2, count: 2, reason: 'overflow' } as const
    expect(lossDraft('edge/w0', 0, loss)).toMatchObject({
      '@timestamp': '1970-01-01T00:00:00.000Z',
      event: { dataset: 'sevenfold.edge.loss' },
      sevenfold: { kind: 'loss', lane: 'high', layer: 'edge', loss },
    })
    expect(epochDraft('edge/w0', 0, { reason: 'created' }).sevenfold.epoch).toEqual({ reason: 'created' })
  })
})
