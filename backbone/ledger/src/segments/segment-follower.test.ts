import { appendFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { packSegment } from './pack-segment.ts'
import { SegmentFollower } from './segment-follower.ts'
import type { SegmentFollowerOptions } from './segment-follower.ts'
import { packedName, segmentName } from './segment-name.ts'
import { logStart } from './segment-reader.ts'

let folder: TemporaryFolder
let found: string[]
const followers: SegmentFollower[] = []
beforeEach(() => {
  folder = createTemporaryFolder()
  found = []
})
afterEach(async () => {
  for (const follower of followers.splice(0)) await follower.close()
  folder.remove()
})

const write = (first: number, text: string): void =>
  appendFileSync(join(folder.path, segmentName(first)), text)

function follow(change: Partial<SegmentFollowerOptions> = {}): SegmentFollower {
  const follower = new SegmentFollower({
    folder: folder.path,
    position: logStart,
    onLines: (lines) => {
      for (const { bytes } of lines) found.push(Buffer.from(bytes).toString())
    },
    onLost: (oldest) => oldest,
    onError: (error) => {
      throw error
    },
    ...change,
  })
  followers.push(follower)
  return follower
}

const soon = (look: () => void): Promise<void> => vi.waitFor(look, { timeout: 30_000, interval: 10 })

describe('a follower', () => {
  it('takes what is there, then what comes, over segments that are plain and packed', async () => {
    write(0, 'a\nb\n')
    write(2, 'c\n')
    await packSegment(folder.path, 0)
    const follower = follow()
    expect(follower.isCaughtUp).toBe(false)
    await follower.start()
    expect(found).toEqual(['a', 'b', 'c'])
    expect(follower.isCaughtUp).toBe(true)
    write(2, 'd\n')
    write(4, 'e\n')
    await soon(() => expect(found).toEqual(['a', 'b', 'c', 'd', 'e']))
    expect(follower.position).toEqual({ segment: 4, offset: 2, index: 5 })
  })

  it('gives the same lines again when they were not taken', async () => {
    write(0, 'a\nb\n')
    const errors: unknown[] = []
    let fails = 1
    const follower = follow({
      onLines: (lines) => {
        if ((fails -= 1) >= 0) throw new Error('not now')
        found.push(...lines.map(({ bytes }) => Buffer.from(bytes).toString()))
      },
      onError: (error) => errors.push(error),
    })
    await follower.start()
    await soon(() => expect(found).toEqual(['a', 'b']))
    expect(errors).toHaveLength(1)
  })

  it('asks where to go on when its place is gone', async () => {
    write(5, 'f\n')
    await follow({ position: { segment: 0, offset: 2, index: 1 } }).start()
    expect(found).toEqual(['f'])
  })

  it('says once what cannot be read, and goes on behind it', async () => {
    const damaged: number[] = []
    write(0, 'a\n')
    write(1, 'b\nc\n')
    write(3, 'd\n')
    rmSync(join(folder.path, segmentName(1)))
    writeFileSync(join(folder.path, packedName(1)), 'nonsense')
    const follower = follow({ onDamaged: ({ index }) => damaged.push(index) })
    await follower.start()
    expect(found).toEqual(['a', 'd'])
    write(3, 'e\n')
    await soon(() => expect(found).toEqual(['a', 'd', 'e']))
    expect(damaged).toEqual([1])
  })

  it('waits behind what cannot be read while nothing comes after it', async () => {
    const damaged: number[] = []
    writeFileSync(join(folder.path, packedName(0)), 'nonsense')
    const follower = follow({ onDamaged: ({ index }) => damaged.push(index) })
    await follower.start()
    expect([found, damaged]).toEqual([[], [0]])
    write(2, 'c\n')
    await soon(() => expect(found).toEqual(['c']))
    expect(damaged).toEqual([0])
  })

  it('goes on at another place when it is told to', async () => {
    write(0, 'a\nb\n')
    const follower = follow()
    await follower.start()
    await follower.seek(logStart)
    await soon(() => expect(found).toEqual(['a', 'b', 'a', 'b']))
  })
})
