import { existsSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { packSegment } from '../segments/pack-segment.ts'
import { packedName, segmentName } from '../segments/segment-name.ts'
import { SegmentGuard } from './segment-guard.ts'
import { SegmentPacker, finishPacking } from './segment-packer.ts'

let folder: TemporaryFolder
const settled = { signedSize: 1000, settledBeforeMs: 2_000_000 }
const pathOf = (name: string): string => join(folder.path, name)
const names = (): string[] => readdirSync(folder.path).toSorted()

function write(first: number, text = '{}\n'.repeat(10)): void {
  writeFileSync(pathOf(segmentName(first)), text)
  utimesSync(pathOf(segmentName(first)), 1000, 1000)
}

beforeEach(() => {
  folder = createTemporaryFolder()
  for (const first of [0, 10, 20]) write(first)
})
afterEach(() => folder.remove())

describe('packing what has settled', () => {
  it('takes the oldest first, one a call, and never the newest', async () => {
    const packer = new SegmentPacker(folder.path)
    expect(await packer.packNext(settled)).toMatchObject({ first: 0 })
    expect(await packer.packNext(settled)).toMatchObject({ first: 10 })
    expect(await packer.packNext(settled)).toBeUndefined()
    expect(names()).toEqual([packedName(0), packedName(10), segmentName(20)])
  })

  it('leaves what was written to just now', async () => {
    const packer = new SegmentPacker(folder.path)
    expect(await packer.packNext({ ...settled, settledBeforeMs: 999_999 })).toBeUndefined()
    expect(await packer.packNext({ ...settled, settledBeforeMs: 1_000_000 })).toMatchObject({ first: 0 })
  })

  it('leaves what no checkpoint covers, and what a snapshot may still stand at', async () => {
    const packer = new SegmentPacker(folder.path)
    expect(await packer.packNext({ ...settled, signedSize: 10 })).toBeUndefined()
    expect(await packer.packNext({ ...settled, signedSize: 11 })).toMatchObject({ first: 0 })
  })

  it('passes over a segment that cannot be packed', async () => {
    write(0, 'half a line')
    const packer = new SegmentPacker(folder.path)
    expect(await packer.packNext(settled)).toBeUndefined()
    expect(await packer.packNext(settled)).toMatchObject({ first: 10 })
    expect(names()).toEqual([segmentName(0), packedName(10), segmentName(20)])
  })

  it('goes on with one whose packing was ended', async () => {
    const packer = new SegmentPacker(folder.path)
    expect(await packer.packNext({ ...settled, signal: AbortSignal.abort() })).toBeUndefined()
    expect(await packer.packNext(settled)).toMatchObject({ first: 0 })
  })

  it('is no loss to the guard that was told, and one to the guard that was not', async () => {
    const [told, untold] = [new SegmentGuard(folder.path), new SegmentGuard(folder.path)]
    const packed = await new SegmentPacker(folder.path).packNext(settled)
    told.packed(packed?.first ?? -1)
    expect(told.look()).toEqual([])
    expect(untold.look()).toEqual([]) // ten empty events: the packed file is larger
    write(10, '{"some":"text"}\n'.repeat(100))
    expect([told.look(), untold.look()]).toEqual([[], []])
    await packSegment(folder.path, 10)
    expect([told.look(), untold.look()]).toEqual([[10], [10]])
  })
})

describe('a start after a kill', () => {
  const finish = (): Promise<void> => finishPacking({ segments: folder.path, cut: pathOf('cut') })

  it('removes what was written half', async () => {
    writeFileSync(pathOf(`${packedName(0)}.tmp`), 'half')
    await finish()
    expect(names()).toEqual([segmentName(0), segmentName(10), segmentName(20)])
  })

  it('removes the plain one where the packed one has the same lines', async () => {
    const plain = readFileSync(pathOf(segmentName(0)))
    await packSegment(folder.path, 0)
    writeFileSync(pathOf(segmentName(0)), plain)
    await finish()
    expect(names()).toEqual([packedName(0), segmentName(10), segmentName(20)])
  })

  it.each([
    ['other lines', gzipSync('{"other":1}\n')],
    ['nonsense', Buffer.from('nonsense')],
  ])('keeps the plain one, and the other for a look, where that has %s', async (_name, bytes) => {
    writeFileSync(pathOf(packedName(0)), bytes)
    await finish()
    expect(names()).toEqual([segmentName(0), segmentName(10), segmentName(20), 'cut'])
    expect(readFileSync(pathOf('cut/0.ndjson.gz'))).toEqual(bytes)
  })

  it('has nothing to do in a log that has not begun', async () => {
    await finishPacking({ segments: pathOf('none'), cut: pathOf('cut') })
    expect(existsSync(pathOf('cut'))).toBe(false)
  })
})
