import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { createTemporaryFolder } from '@sevenfold/testkit'
import { identityOfLine } from './line-identity.ts'
import { readSnapshot, writeSnapshot } from './snapshot.ts'
import type { Snapshot } from './snapshot.ts'
import { WriterPositions, maxWriterLanes } from './writer-positions.ts'

const lane = (agent: string, sequence: number, hash = '') => ({
  agent,
  epoch: 'e',
  lane: 'low' as const,
  sequence,
  hash,
})

describe('positions of writers', () => {
  it('move forward and never back', () => {
    const positions = new WriterPositions()
    positions.advance(lane('a', 5, 'x'))
    positions.advance(lane('a', 3, 'y'))
    positions.advance(lane('a', 5, 'z'))
    expect(positions.all()).toEqual([lane('a', 5, 'x')])
    expect(positions.get(lane('b', 0))).toBe(0)
  })

  it('read back from their plain form', () => {
    const positions = new WriterPositions()
    positions.advance(lane('edge/w0', 5, 'ab'))
    positions.advance({ ...lane('edge/w0', 7), lane: 'high' })
    expect(new WriterPositions(positions.entries()).all()).toEqual(positions.all())
  })

  it('are bounded: a writer more is refused, a known one goes on', () => {
    const positions = new WriterPositions(
      Array.from({ length: maxWriterLanes }, (_, i) => [`a${i} e low`, 1, ''] as const),
    )
    expect(positions.accepts(lane('a0', 2))).toBe(true)
    expect(positions.accepts(lane('new', 1))).toBe(false)
    positions.advance(lane('a0', 2))
    expect(() => positions.advance(lane('new', 1))).toThrow('more than 100000')
  })
})

describe('the identity in a line', () => {
  const good = {
    agent: { id: 'edge/w0', ephemeral_id: 'e' },
    event: { sequence: 3 },
    sevenfold: { lane: 'low' },
  }
  const of = (value: unknown) =>
    identityOfLine(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)))

  it('is read', () => {
    expect(of(good)).toEqual({ agent: 'edge/w0', epoch: 'e', lane: 'low', sequence: 3 })
  })

  it.each([
    ['no JSON', 'x'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['no agent', { ...good, agent: undefined }],
    ['an empty agent', { ...good, agent: { id: '', ephemeral_id: 'e' } }],
    ['a long agent', { ...good, agent: { id: 'x'.repeat(129), ephemeral_id: 'e' } }],
    ['no epoch', { ...good, agent: { id: 'a' } }],
    ['sequence 0', { ...good, event: { sequence: 0 } }],
    ['half a sequence', { ...good, event: { sequence: 1.5 } }],
    ['a sequence as text', { ...good, event: { sequence: '3' } }],
    ['another lane', { ...good, sevenfold: { lane: 'middle' } }],
  ])('is absent with %s', (_name, value) => {
    expect(of(value)).toBeUndefined()
  })

  it('never throws on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(identityOfLine(bytes)).toBeUndefined()
      }),
    )
  })
})

describe('snapshots', () => {
  const snapshot: Snapshot = {
    position: { segment: 5, offset: 100, index: 9 },
    edges: [Buffer.alloc(64, 1), Buffer.alloc(0)],
    writers: [['edge/w0 e low', 9, 'ab']],
  }

  function withFile(test: (path: string) => void): void {
    const folder = createTemporaryFolder()
    try {
      test(join(folder.path, 'snapshot'))
    } finally {
      folder.remove()
    }
  }

  it('read back', () =>
    withFile((path) => {
      writeSnapshot(path, snapshot)
      expect(readSnapshot(path)).toEqual(snapshot)
    }))

  it('are absent when any byte is another', () =>
    withFile((path) => {
      writeSnapshot(path, snapshot)
      const good = readFileSync(path)
      for (let at = 0; at < good.length - 1; at += 1) {
        const bad = Buffer.from(good)
        bad[at] = (bad[at] ?? 0) ^ 1
        writeFileSync(path, bad)
        expect(readSnapshot(path), `byte ${at}`).toBeUndefined()
      }
      for (const length of [0, 1, 64, good.length - 5]) {
        writeFileSync(path, good.subarray(0, length))
        expect(readSnapshot(path)).toBeUndefined()
      }
      expect(readSnapshot(`${path}.none`)).toBeUndefined()
    }))
})
