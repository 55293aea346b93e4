import { readFileSync, writeFileSync } from 'node:fs'
import { createFakeClock, createTemporaryFolder } from '@sevenfold/testkit'
import type { FakeClock } from '@sevenfold/testkit'
import { describe, expect, it } from 'vitest'
import type { LaneStore } from './lane-store.ts'
import { blockIntervalMs, createLaneWriter, maxPendingCharacters, retryIntervalMs } from './lane-writer.ts'
import type { LaneWriter } from './lane-writer.ts'
import { openLaneStore } from './lane-store.ts'

interface Written {
  readonly first: number
  readonly lines: readonly string[]
}

/** A store in memory that fails as told. */
function fakeStore(): { store: LaneStore; written: Written[]; fail: (error: Error | undefined) => void } {
  const written: Written[] = []
  let failure: Error | undefined
  const store: LaneStore = {
    segments: [],
    damage: undefined,
    head: () => ({ sequence: 0, chain: new Uint8Array(32) }),
    append: (first, lines) => {
      if (failure !== undefined) return Promise.reject(failure)
      written.push({ first, lines: [...lines] })
      return Promise.resolve()
    },
    roll: () => undefined,
    dropOldest: () => undefined,
    discard: () => undefined,
    bytes: () => 0,
    close: () => undefined,
  }
  return { store, written, fail: (error) => void (failure = error) }
}

function open(onWriteError: () => boolean = () => false): {
  clock: FakeClock
  writer: LaneWriter
  written: Written[]
  fail: (error: Error | undefined) => void
} {
  const clock = createFakeClock()
  const { store, written, fail } = fakeStore()
  const writer = createLaneWriter({ store, clock, onDurable: () => undefined, onWriteError })
  return { clock, writer, written, fail }
}

describe('a lane writer', () => {
  it('makes one block of what comes within its interval', async () => {
    const { clock, writer, written } = open()
    writer.push('a')
    await clock.advanceAsync(blockIntervalMs - 1)
    writer.push('b')
    expect(written).toEqual([])
    await clock.advanceAsync(1)
    expect(written).toEqual([{ first: 1, lines: ['a', 'b'] }])
    expect([writer.next(), writer.pending(), writer.fill()]).toEqual([3, 0, 0])
  })

  it('closes a block early when it is large', async () => {
    const { clock, writer, written } = open()
    for (let n = 0; n < 30; n += 1) writer.push('x'.repeat(50_000))
    await clock.advanceAsync(0)
    expect(written.length).toBeGreaterThan(1)
    await writer.flush()
    expect(written.flatMap(({ lines }) => lines)).toHaveLength(30)
    for (const { lines } of written) expect(lines.join('').length).toBeLessThan(600_000)
  })

  it('starts a new block after a sequence that was given up', async () => {
    const { writer, written } = open()
    writer.push('a')
    writer.skip()
    writer.skip()
    writer.push('b')
    await writer.flush()
    expect(written).toEqual([
      { first: 1, lines: ['a'] },
      { first: 4, lines: ['b'] },
    ])
  })

  it('keeps what cannot be written and tries again by time', async () => {
    const { clock, writer, written, fail } = open()
    fail(new Error('the disk is full'))
    writer.push('a')
    await writer.flush()
    expect([written.length, writer.pending()]).toEqual([0, 1])
    writer.push('b')
    fail(undefined)
    await clock.advanceAsync(retryIntervalMs)
    await writer.flush()
    expect(written.flatMap(({ lines }) => lines)).toEqual(['a', 'b'])
    expect(writer.pending()).toBe(0)
  })

  it('tries again at once when room was made', async () => {
    let tries = 0
    const bench = open(() => {
      tries += 1
      bench.fail(undefined)
      return true
    })
    bench.fail(new Error('the disk is full'))
    bench.writer.push('a')
    await bench.writer.flush()
    expect([tries, bench.written.length]).toEqual([1, 1])
  })

  it('says how full its memory is', () => {
    const { writer, fail } = open()
    fail(new Error('never'))
    while (writer.fill() < 1) writer.push('x'.repeat(60_000))
    expect(writer.pending()).toBe(Math.ceil(maxPendingCharacters / 60_000))
  })

  it('leaves no timer behind when it is closed', async () => {
    const { clock, writer } = open()
    writer.push('a')
    writer.close()
    expect(clock.pending()).toBe(0)
    expect(writer.fill()).toBe(1)
    await writer.flush()
  })
})

describe('a lane store', () => {
  it('starts new segments by size, drops the oldest, and keeps the newest', async () => {
    const folder = createTemporaryFolder()
    const options = {
      folder: folder.path,
      agent: 'edge/w0',
      epoch: 'e',
      lane: 'low',
      segmentBytes: 500,
    } as const
    const store = openLaneStore(options)
    for (let n = 1; n <= 6; n += 1) await store.append(n, ['x'.repeat(200)])
    expect(store.segments.length).toBeGreaterThan(1)
    const { sequence } = store.head()
    while (store.segments.length > 1) store.dropOldest()
    store.dropOldest()
    expect(store.segments).toHaveLength(1)
    store.close()
    const again = openLaneStore(options)
    expect(again.head().sequence).toBe(sequence)
    expect(Buffer.from(again.head().chain).equals(Buffer.from(store.head().chain))).toBe(true)
    again.close()
    folder.remove()
  })

  it('starts a new segment when it is told to', async () => {
    const folder = createTemporaryFolder()
    const store = openLaneStore({
      folder: folder.path,
      agent: 'edge/w0',
      epoch: 'e',
      lane: 'low',
      segmentBytes: 1e6,
    })
    await store.append(1, ['a'])
    store.roll()
    await store.append(2, ['b'])
    expect(store.segments.map(({ first, last }) => [first, last])).toEqual([
      [1, 1],
      [2, 2],
    ])
    store.close()
    folder.remove()
  })

  it('keeps its head when a segment has a header and nothing else', async () => {
    const folder = createTemporaryFolder()
    const options = {
      folder: folder.path,
      agent: 'edge/w0',
      epoch: 'e',
      lane: 'low',
      segmentBytes: 1,
    } as const
    const store = openLaneStore(options)
    await store.append(1, ['a'])
    await store.append(2, ['b'])
    store.close()
    const [, newest] = store.segments
    if (newest === undefined) throw new Error('there are two segments')
    writeFileSync(newest.path, `${readFileSync(newest.path, 'utf8').split('\n', 1).join('')}\n`)
    const again = openLaneStore(options)
    expect(again.head().sequence).toBe(1)
    again.close()
    folder.remove()
  })
})
