import { createHash } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { decodeBlockTable, encodeBlockTable, maxBlocks, tableBytes, tailBytes } from './block-table.ts'
import { LineReader } from './line-reader.ts'
import { openSegment } from './open-segment.ts'
import { blockBytes, packSegment } from './pack-segment.ts'
import { listSegments, packedName, segmentName } from './segment-name.ts'
import { SegmentReader, maxSegmentLineBytes } from './segment-reader.ts'
import type { ReadState } from './segment-reader.ts'

let folder: TemporaryFolder
beforeEach(() => {
  folder = createTemporaryFolder()
})
afterEach(() => folder.remove())

const plainPath = (first = 0): string => join(folder.path, segmentName(first))
const packedPath = (first = 0): string => join(folder.path, packedName(first))

/** Lines that gzip cannot make small, so that blocks are as large as they look. */
function lines(count: number, bytes = 700): string[] {
  const line = (n: number): string => {
    let text = `{"n":${n}`
    for (let i = 0; text.length < bytes; i += 1)
      text += createHash('sha256').update(`${n} ${i}`).digest('base64')
    return text.slice(0, bytes)
  }
  return Array.from({ length: count }, (_, n) => line(n))
}

const textOf = (list: readonly string[]): string => list.map((line) => `${line}\n`).join('')

interface Read {
  readonly lines: readonly string[]
  readonly places: readonly string[]
  readonly state: ReadState
}

async function readAll(chunkBytes?: number, first = 0): Promise<Read> {
  const reader = new SegmentReader(folder.path, { segment: first, offset: 0, index: first }, chunkBytes)
  const found: { line: string; place: string }[] = []
  try {
    for (;;) {
      const read = await reader.read()
      for (const { bytes, segment, offset, index } of read.lines)
        found.push({ line: Buffer.from(bytes).toString(), place: `${segment}/${offset}/${index}` })
      if (read.lines.length === 0 && read.state !== 'more') {
        return {
          lines: found.map(({ line }) => line),
          places: found.map(({ place }) => place),
          state: read.state,
        }
      }
    }
  } finally {
    await reader.close()
  }
}

describe('a packed segment', () => {
  it('is a gzip file of several members, holds the same lines, and takes the place of the plain one', async () => {
    const text = textOf(lines(900))
    writeFileSync(plainPath(), text)
    utimesSync(plainPath(), 1_000_000, 1_000_000)
    const sizes = await packSegment(folder.path, 0)
    expect(sizes).toEqual({ first: 0, plainBytes: text.length, packedBytes: statSync(packedPath()).size })
    expect(readdirSync(folder.path)).toEqual([packedName(0)])
    expect(gunzipSync(readFileSync(packedPath())).toString()).toBe(text)
    expect(statSync(packedPath()).mtimeMs).toBe(1_000_000_000)
    expect(statSync(packedPath()).mode & 0o777).toBe(0o600)
    expect(listSegments(folder.path)).toEqual([{ first: 0, path: packedPath(), packed: true }])
  })

  it('is read as the plain one was, line by line and place by place, with any size of chunk', async () => {
    writeFileSync(plainPath(), textOf(lines(600)))
    writeFileSync(plainPath(600), textOf(lines(3)))
    const plain = await readAll()
    await packSegment(folder.path, 0)
    for (const chunkBytes of [1, 100_000, 2 * blockBytes]) expect(await readAll(chunkBytes)).toEqual(plain)
    expect(plain.lines).toHaveLength(603)
  })

  it('is read on by whoever had the plain one open', async () => {
    const list = lines(400)
    writeFileSync(plainPath(), textOf(list))
    const reader = new SegmentReader(folder.path, undefined, maxSegmentLineBytes + 1)
    const found: string[] = []
    let isPacked = false
    for (;;) {
      const read = await reader.read()
      found.push(...read.lines.map(({ bytes }) => Buffer.from(bytes).toString()))
      if (!isPacked) isPacked = (await packSegment(folder.path, 0)) !== undefined
      if (read.lines.length === 0 && read.state !== 'more') break
    }
    await reader.close()
    expect(found).toEqual(list)
  })

  it('gives any part of its bytes', async () => {
    const text = Buffer.from(textOf(lines(500)))
    writeFileSync(plainPath(), text)
    await packSegment(folder.path, 0)
    const content = await openSegment(folder.path, 0)
    expect(await content?.length()).toBe(text.length)
    const parts = fc.tuple(fc.nat(text.length + 10), fc.nat(200_000))
    await fc.assert(
      fc.asyncProperty(parts, async ([offset, length]) => {
        const into = Buffer.alloc(length)
        const count = (await content?.read(into, offset)) ?? -1
        expect(into.subarray(0, count).equals(text.subarray(offset, offset + length))).toBe(true)
      }),
      { numRuns: Number(process.env['FC_RUNS'] ?? 60) },
    )
    await content?.close()
  })

  it('gives single lines, in any order, and nothing that is no whole line', async () => {
    const list = lines(500)
    writeFileSync(plainPath(), textOf(list))
    writeFileSync(plainPath(500), textOf(lines(2)))
    await packSegment(folder.path, 0)
    const reader = new LineReader(folder.path)
    for (const n of [499, 0, 250, 251, 3]) {
      expect(await reader.read({ segment: 0, offset: n * 701, length: 700 })).toBe(list[n])
      expect(await reader.read({ segment: 0, offset: n * 701, length: 699 })).toBeUndefined()
    }
    expect(await reader.read({ segment: 500, offset: 701, length: 700 })).toBe(list[1])
    expect(await reader.read({ segment: 77, offset: 0, length: 3 })).toBeUndefined()
    await reader.close()
  })

  it('has blocks that end with a line, also where lines are as long as they may be', async () => {
    const list = lines(9, maxSegmentLineBytes)
    writeFileSync(plainPath(), textOf(list))
    await packSegment(folder.path, 0)
    expect((await readAll()).lines).toEqual(list)
  })
})

describe('what stays plain', () => {
  it.each([
    ['nothing in it', ''],
    ['half a line at its end', 'a\nb\nc'],
    ['a line that is too long', `${'x'.repeat(4 * maxSegmentLineBytes)}\n`],
  ])('is a segment with %s', async (_name, text) => {
    writeFileSync(plainPath(), text)
    expect(await packSegment(folder.path, 0)).toBeUndefined()
    expect(readdirSync(folder.path)).toEqual([segmentName(0)])
    expect(readFileSync(plainPath(), 'utf8')).toBe(text)
  })

  it('is one whose packing was ended', async () => {
    writeFileSync(plainPath(), textOf(lines(10)))
    expect(await packSegment(folder.path, 0, AbortSignal.abort())).toBeUndefined()
    expect(readdirSync(folder.path)).toEqual([segmentName(0)])
  })

  it('counts where both are there: the packed one may be half of the truth', async () => {
    writeFileSync(plainPath(), 'a\n')
    writeFileSync(packedPath(), 'nonsense')
    expect(listSegments(folder.path)).toEqual([{ first: 0, path: plainPath(), packed: false }])
    expect((await readAll()).lines).toEqual(['a'])
  })
})

describe('a damaged packed segment', () => {
  it('never gives other lines: it is damaged, or what was changed means nothing to any reader', async () => {
    const list = lines(400)
    writeFileSync(plainPath(), textOf(list))
    await packSegment(folder.path, 0)
    const good = readFileSync(packedPath())
    const change = fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }))
    await fc.assert(
      fc.asyncProperty(change, async ([at, flip]) => {
        const bad = Buffer.from(good)
        bad[at] = (bad[at] ?? 0) ^ flip
        writeFileSync(packedPath(), bad)
        const { lines: found, state } = await readAll()
        expect(found).toEqual(list.slice(0, found.length))
        if (found.length < list.length) expect(state).toBe('damaged')
      }),
      { numRuns: Number(process.env['FC_RUNS'] ?? 60) },
    )
  })

  it.each([
    ['is cut', (good: Buffer) => good.subarray(0, -1)],
    ['has something behind it', (good: Buffer) => Buffer.concat([good, Buffer.from('x')])],
    ['has a member behind it', (good: Buffer) => Buffer.concat([good, good])],
    ['has lost its beginning', (good: Buffer) => good.subarray(100)],
    ['is only a table', (good: Buffer) => good.subarray(-40)],
    ['is empty', () => Buffer.alloc(0)],
    ['is short', () => Buffer.alloc(tailBytes)],
  ])('says so when it %s', async (_name, change) => {
    writeFileSync(plainPath(), textOf(lines(400)))
    await packSegment(folder.path, 0)
    writeFileSync(packedPath(), change(readFileSync(packedPath())))
    expect(await readAll()).toEqual({ lines: [], places: [], state: 'damaged' })
    await expect(openSegment(folder.path, 0)).rejects.toMatchObject({ code: 'LEDGER_CORRUPT' })
    const reader = new LineReader(folder.path)
    expect(await reader.read({ segment: 0, offset: 0, length: 700 })).toBeUndefined()
  })

  it('does not unpack more than its table says', async () => {
    writeFileSync(plainPath(), textOf(Array.from({ length: 50 }, () => 'a'.repeat(1000))))
    await packSegment(folder.path, 0)
    const good = readFileSync(packedPath())
    const table = encodeBlockTable([{ packedEnd: 1, plainEnd: 1 }])
    const member = good.subarray(0, good.length - table.length)
    writeFileSync(
      packedPath(),
      Buffer.concat([member, encodeBlockTable([{ packedEnd: member.length, plainEnd: 9 }])]),
    )
    expect((await readAll()).state).toBe('damaged')
  })
})

describe('the table of blocks', () => {
  const blocks = (count: number): { packedEnd: number; plainEnd: number }[] =>
    Array.from({ length: count }, (_, i) => ({ packedEnd: (i + 1) * 3, plainEnd: (i + 1) * 7 }))

  it.each([1, 2, maxBlocks])('comes back with %i blocks, and unpacks to nothing', (count) => {
    const table = encodeBlockTable(blocks(count))
    expect(tableBytes(table.subarray(-tailBytes))).toBe(table.length)
    expect(decodeBlockTable(table, table.length + count * 3)).toEqual(blocks(count))
    expect(gunzipSync(table)).toHaveLength(0)
  })

  it('holds no more than fits', () => {
    expect(() => encodeBlockTable(blocks(maxBlocks + 1))).toThrow(RangeError)
  })

  it.each([
    ['blocks that do not reach to it', encodeBlockTable(blocks(2)), 7],
    ['an empty block', encodeBlockTable([{ packedEnd: 0, plainEnd: 3 }]), 0],
    ['a block that goes back', encodeBlockTable([...blocks(2), { packedEnd: 4, plainEnd: 20 }]), 4],
    ['a block without lines', encodeBlockTable([...blocks(1), { packedEnd: 6, plainEnd: 7 }]), 6],
  ])('is refused with %s', (_name, table, before) => {
    expect(decodeBlockTable(table, table.length + before)).toBeUndefined()
  })

  it('never throws on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        tableBytes(bytes.subarray(-tailBytes))
        expect(decodeBlockTable(bytes, bytes.length + 1)).toBeUndefined()
      }),
    )
  })
})

it('leaves what others put beside it', async () => {
  writeFileSync(plainPath(), 'a\n')
  appendFileSync(join(folder.path, 'notes.txt'), 'x')
  await packSegment(folder.path, 0)
  expect(existsSync(join(folder.path, 'notes.txt'))).toBe(true)
})
