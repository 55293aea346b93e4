import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readEpochs, writeEpochs } from './epoch-file.ts'
import { openPositions } from './positions.ts'

let folder: TemporaryFolder
beforeEach(() => void (folder = createTemporaryFolder()))
afterEach(() => folder.remove())

describe('positions', () => {
  it('start at 0 for every receiver', () => {
    const positions = openPositions(folder.path, ['ledger', 'detection'])
    expect([
      positions.get('ledger', 'e', 'low'),
      positions.lowest('e', 'low'),
      positions.highest('e', 'low'),
    ]).toEqual([0, 0, 0])
  })

  it('are kept for each receiver, epoch and lane', () => {
    const positions = openPositions(folder.path, ['ledger', 'detection'])
    positions.set({ receiver: 'ledger', epoch: 'e', lane: 'low' }, 7)
    positions.set({ receiver: 'detection', epoch: 'e', lane: 'low' }, 3)
    positions.set({ receiver: 'ledger', epoch: 'f', lane: 'low' }, 1)
    positions.save()
    const again = openPositions(folder.path, ['ledger', 'detection'])
    expect([again.lowest('e', 'low'), again.highest('e', 'low'), again.highest('e', 'high')]).toEqual([
      3, 7, 0,
    ])
    again.forget('e')
    expect([again.highest('e', 'low'), again.get('ledger', 'f', 'low')]).toEqual([0, 1])
  })

  it('of a receiver that is no longer named hold nothing back', () => {
    const positions = openPositions(folder.path, ['ledger', 'old'])
    positions.set({ receiver: 'ledger', epoch: 'e', lane: 'low' }, 7)
    positions.save()
    expect(openPositions(folder.path, ['ledger']).lowest('e', 'low')).toBe(7)
    expect(openPositions(folder.path, []).lowest('e', 'low')).toBe(Infinity)
  })

  it('are written only when they changed', () => {
    const positions = openPositions(folder.path, ['ledger'])
    positions.save()
    expect(() => readFileSync(join(folder.path, 'positions.json'))).toThrow('ENOENT')
  })

  it.each([
    '',
    '{',
    '[]',
    '{"receivers":7}',
    '{"receivers":{"ledger":[]}}',
    '{"receivers":{"ledger":{"e low":-1}}}',
    '{"receivers":{"ledger":{"e low":1.5}}}',
  ])('in the damaged file %j are 0', (content) => {
    writeFileSync(join(folder.path, 'positions.json'), content)
    expect(openPositions(folder.path, ['ledger']).get('ledger', 'e', 'low')).toBe(0)
  })
})

describe('the list of epochs', () => {
  it('comes back as it was stored', () => {
    const epochs = [
      { id: 'a', reason: 'created' as const },
      { id: 'b', reason: 'tail-lost' as const, previous: 'a' },
    ]
    writeEpochs(folder.path, epochs)
    expect(readEpochs(folder.path)).toEqual(epochs)
  })

  it.each([
    '',
    '{',
    '[]',
    '{"epochs":7}',
    '{"epochs":[7,null,{}]}',
    '{"epochs":[{"id":"../../x"}]}',
    '{"epochs":[{"id":""}]}',
  ])('in the damaged file %j is empty', (content) => {
    writeFileSync(join(folder.path, 'spool.json'), content)
    expect(readEpochs(folder.path)).toEqual([])
  })
})
