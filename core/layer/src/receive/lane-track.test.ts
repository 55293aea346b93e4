import { describe, expect, it } from 'vitest'
import {
  checkHead,
  checkPendingHeads,
  createLaneTrack,
  differs,
  maxBoundaries,
  maxPendingHeads,
  passBoundary,
} from './lane-track.ts'

const seed = '00'.repeat(32)

describe('a lane', () => {
  it('starts at its seed', () => {
    expect(checkHead(createLaneTrack('low', seed), { sequence: 0, hash: seed })).toBe('equal')
    expect(checkHead(createLaneTrack('low', seed), { sequence: 0, hash: 'ff' })).toBe('mismatch')
  })

  it('keeps a head that is ahead until its blocks are here', () => {
    const track = createLaneTrack('low', seed)
    expect(checkHead(track, { sequence: 2, hash: 'aa' })).toBe('waiting')
    expect(checkHead(track, { sequence: 3, hash: 'bb' })).toBe('waiting')
    passBoundary(track, 2, 'aa')
    expect(checkPendingHeads(track)).toEqual([{ head: { sequence: 2, hash: 'aa' }, check: 'equal' }])
    passBoundary(track, 3, 'cc')
    expect(checkPendingHeads(track)).toEqual([{ head: { sequence: 3, hash: 'bb' }, check: 'mismatch' }])
    expect(checkPendingHeads(track)).toEqual([])
  })

  it('keeps at most so many heads', () => {
    const track = createLaneTrack('low', seed)
    for (let n = 1; n <= maxPendingHeads + 5; n += 1) checkHead(track, { sequence: n, hash: 'aa' })
    expect(track.pendingHeads).toHaveLength(maxPendingHeads)
  })

  it('adopts a signed head where its own hash is unknown', () => {
    const track = createLaneTrack('low', seed)
    passBoundary(track, 7, '')
    expect(checkHead(track, { sequence: 6, hash: 'aa' })).toBe('unknown')
    expect(checkHead(track, { sequence: 7, hash: 'aa' })).toBe('adopted')
    expect(track.hash).toBe('aa')
  })

  it('forgets the oldest block ends', () => {
    const track = createLaneTrack('low', seed)
    for (let n = 1; n <= maxBoundaries + 10; n += 1) passBoundary(track, n, 'aa')
    expect(track.boundaries.size).toBe(maxBoundaries)
    expect(track.boundaries.has(1)).toBe(false)
    expect(track.completeFrom).toBe(11)
  })
})

describe('a block that comes again', () => {
  const track = createLaneTrack('low', seed)
  passBoundary(track, 2, 'aa')
  passBoundary(track, 5, 'bb')

  it.each([
    ['is the same', { before: 2, end: 5, hash: 'bb' }, false],
    ['has another hash', { before: 2, end: 5, hash: 'cc' }, true],
    ['ends where none ended', { before: 2, end: 3, hash: 'cc' }, true],
    ['is new', { before: 5, end: 6, hash: 'cc' }, false],
    ['has no known hash', { before: 2, end: 5, hash: '' }, false],
    ['starts where nothing is known', { before: 1, end: 3, hash: 'cc' }, false],
  ])('%s', (_name, block, expected) => {
    expect(differs(track, block)).toBe(expected)
  })
})
