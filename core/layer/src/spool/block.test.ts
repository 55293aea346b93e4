import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chainSeed } from '@sevenfold/event'
import { array, assert, integer, property, string, uint8Array } from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { encodeBlock, parseBlockHeader, parseSegmentHeader, segmentHeader } from './block.ts'
import { readBlocks } from './read-blocks.ts'
import { scanSegment } from './segment-files.ts'

const runs = { numRuns: Number(process.env['SEVENFOLD_PROPERTY_RUNS'] ?? 60) }
const line = string({ minLength: 1, maxLength: 80, unit: 'binary' }).map((text) => text.replaceAll('\n', ' '))
const lines = array(line, { minLength: 1, maxLength: 5 })

let folder = ''
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'sf-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function segmentOf(blocks: readonly (readonly string[])[]): {
  bytes: Buffer
  ends: number[]
  header: number
} {
  const seed = chainSeed('edge/w0', 'e', 'low')
  const previous = Buffer.from(seed).toString('hex')
  const header = Buffer.from(segmentHeader({ agent: 'edge/w0', epoch: 'e', lane: 'low', first: 1, previous }))
  const parts: Uint8Array[] = [header]
  const ends: number[] = []
  let chain: Uint8Array = seed
  let first = 1
  for (const block of blocks) {
    const encoded = encodeBlock(first, block, chain)
    parts.push(encoded.bytes)
    ends.push(parts.reduce((sum, part) => sum + part.length, 0))
    chain = encoded.chain
    first += block.length
  }
  return { bytes: Buffer.concat(parts), ends, header: header.length }
}

describe('a segment', () => {
  it('gives back its header and its blocks', () => {
    assert(
      property(array(lines, { minLength: 1, maxLength: 6 }), (blocks) => {
        const path = join(folder, 'a.seg')
        const { bytes } = segmentOf(blocks)
        writeFileSync(path, bytes)
        const total = blocks.flat().length
        expect(scanSegment(path)).toMatchObject({ last: total, goodBytes: bytes.length, damaged: false })
        expect(parseSegmentHeader(bytes)?.head).toMatchObject({
          agent: 'edge/w0',
          epoch: 'e',
          lane: 'low',
          first: 1,
        })
      }),
      runs,
    )
  })

  it('cut anywhere keeps exactly the blocks before the cut', () => {
    assert(
      property(
        array(lines, { minLength: 1, maxLength: 4 }),
        integer({ min: 0, max: 10_000 }),
        (blocks, at) => {
          const path = join(folder, 'a.seg')
          const { bytes, ends, header } = segmentOf(blocks)
          const cut = at % bytes.length
          writeFileSync(path, bytes.subarray(0, cut))
          const whole = ends.filter((end) => end <= cut).length
          const scan = scanSegment(path)
          if (cut < header) expect(scan.head).toBeUndefined()
          else expect(scan.last).toBe(blocks.slice(0, whole).flat().length)
          expect(scan.damaged).toBe(false)
        },
      ),
      runs,
    )
  })

  it('with one changed byte never shows a changed event', () => {
    assert(
      property(
        array(lines, { minLength: 2, maxLength: 4 }),
        integer({ min: 0, max: 10_000 }),
        integer({ min: 1, max: 255 }),
        (blocks, at, flip) => {
          const path = join(folder, 'a.seg')
          const { bytes, ends, header } = segmentOf(blocks)
          const place = header + (at % (bytes.length - header))
          bytes[place] = (bytes[place] ?? 0) ^ flip
          writeFileSync(path, bytes)
          const before = ends.filter((end) => end <= place).length
          expect(scanSegment(path).last).toBe(blocks.slice(0, before).flat().length)
        },
      ),
      runs,
    )
  })

  it('of any bytes is scanned without an error', () => {
    assert(
      property(uint8Array({ maxLength: 600 }), (bytes) => {
        const path = join(folder, 'a.seg')
        writeFileSync(path, bytes)
        expect(() => scanSegment(path)).not.toThrow()
        expect(() => parseBlockHeader(bytes, 0)).not.toThrow()
      }),
      runs,
    )
  })

  it('is read block by block to the same bytes as at once', async () => {
    const blocks = [['a', 'bb'], ['ccc'], ['d'.repeat(2000), 'e'], ['f']]
    const { bytes } = segmentOf(blocks)
    const path = join(folder, 'a.seg')
    writeFileSync(path, bytes)
    const request = { path, first: 1, bytes: bytes.length, maxLines: 100, maxBlocks: 100, verify: true }
    const whole = await readBlocks({ ...request, after: 0, maxBytes: 100_000, cursor: undefined })
    if (whole.kind !== 'run') throw new Error(whole.kind)
    const parts: Uint8Array[] = []
    let after = 0
    let cursor: Parameters<typeof readBlocks>[0]['cursor']
    for (;;) {
      const part = await readBlocks({ ...request, after, maxBytes: 1, cursor })
      if (part.kind !== 'run') break
      parts.push(part.run.body)
      after = part.run.last
      cursor = part.run.cursor
    }
    expect(parts).toHaveLength(4)
    expect(Buffer.concat(parts).equals(Buffer.from(whole.run.body))).toBe(true)
    expect(whole.run.blocks).toEqual([2, 1, 2, 1])
  })

  it.each([
    [{ maxLines: 2 }, [2]],
    [{ maxLines: 3 }, [2, 1]],
    [{ maxBlocks: 1 }, [2]],
    [{ maxBytes: 5 }, [2]],
    [{ maxBytes: 9 }, [2, 1]],
  ])('gives no more than %j', async (limit, expected) => {
    const { bytes } = segmentOf([['a', 'bb'], ['ccc'], ['d']])
    const path = join(folder, 'a.seg')
    writeFileSync(path, bytes)
    const request = {
      path,
      first: 1,
      bytes: bytes.length,
      after: 0,
      maxLines: 100,
      maxBlocks: 100,
      maxBytes: 1000,
    }
    const result = await readBlocks({ ...request, ...limit, cursor: undefined, verify: true })
    expect(result.kind === 'run' ? result.run.blocks : []).toEqual(expected)
  })
})
