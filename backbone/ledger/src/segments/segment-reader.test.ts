import { appendFileSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { LineReader } from './line-reader.ts'
import { listSegments, segmentBytes, segmentName } from './segment-name.ts'
import { SegmentReader, maxSegmentLineBytes, oldestPosition } from './segment-reader.ts'
import { watchSegments } from './segment-watcher.ts'

let folder: TemporaryFolder
const readers: SegmentReader[] = []
beforeEach(() => {
  folder = createTemporaryFolder()
})
afterEach(async () => {
  await Promise.all(readers.splice(0).map((reader) => reader.close()))
  folder.remove()
})

const pathOf = (first: number): string => join(folder.path, segmentName(first))
const write = (first: number, text: string): void => appendFileSync(pathOf(first), text)

function reader(position?: ConstructorParameters<typeof SegmentReader>[1]): SegmentReader {
  const made = new SegmentReader(folder.path, position)
  readers.push(made)
  return made
}

/** Everything that is there now, as `index:text`, and the state at its end. */
async function readAll(from: SegmentReader): Promise<{ lines: string[]; state: string }> {
  const lines: string[] = []
  for (;;) {
    const read = await from.read()
    lines.push(...read.lines.map(({ index, bytes }) => `${index}:${Buffer.from(bytes).toString()}`))
    if (read.lines.length === 0 && read.state !== 'more') return { lines, state: read.state }
  }
}

describe('names of segments', () => {
  it('sort by their first entry, and other files are none', () => {
    for (const first of [0, 7, 1_000_000]) write(first, '')
    for (const other of ['x.ndjson', '7.ndjson', `${segmentName(3)}.tmp`])
      writeFileSync(join(folder.path, other), '')
    expect(listSegments(folder.path).map(({ first }) => first)).toEqual([0, 7, 1_000_000])
    expect(listSegments(join(folder.path, 'none'))).toEqual([])
    expect(segmentBytes({ path: pathOf(9) })).toBe(0)
  })
})

describe('following segments', () => {
  it('gives whole lines only, and the rest when it is there', async () => {
    const log = reader()
    write(0, 'a\nb\nc')
    expect(await readAll(log)).toEqual({ lines: ['0:a', '1:b'], state: 'end' })
    write(0, 'd\n')
    expect(await readAll(log)).toEqual({ lines: ['2:cd'], state: 'end' })
    expect(log.position).toEqual({ segment: 0, offset: 7, index: 3 })
  })

  it('goes on in the next segment, also when that comes later', async () => {
    const log = reader()
    write(0, 'a\nb\n')
    expect((await readAll(log)).lines).toEqual(['0:a', '1:b'])
    write(2, 'c\n')
    write(3, 'd\n')
    expect(await readAll(log)).toEqual({ lines: ['2:c', '3:d'], state: 'end' })
  })

  it('goes on behind a segment that was dropped once it was read to its end', async () => {
    write(0, 'a\nb\n')
    const log = reader()
    expect((await readAll(log)).lines).toEqual(['0:a', '1:b'])
    write(2, 'c\n')
    rmSync(pathOf(0))
    await log.seek(log.position)
    expect(await readAll(log)).toEqual({ lines: ['2:c'], state: 'end' })
  })

  it('does not leave a segment for one that is not the next', async () => {
    write(0, 'a\n')
    write(5, 'f\n')
    expect(await readAll(reader())).toEqual({ lines: ['0:a'], state: 'end' })
  })

  it('waits for a log that has not begun', async () => {
    const log = reader()
    expect(await readAll(log)).toEqual({ lines: [], state: 'end' })
    write(0, 'a\n')
    expect((await readAll(log)).lines).toEqual(['0:a'])
  })

  it('says that its place is lost when the segment is gone or shorter', async () => {
    write(0, 'a\n')
    write(1, 'b\n')
    rmSync(pathOf(0))
    expect((await readAll(reader())).state).toBe('lost')
    expect((await readAll(reader({ segment: 9, offset: 0, index: 9 }))).state).toBe('lost')
    const log = reader({ segment: 1, offset: 2, index: 2 })
    truncateSync(pathOf(1), 1)
    expect((await readAll(log)).state).toBe('lost')
    await log.seek(oldestPosition(folder.path))
    expect(log.position).toEqual({ segment: 1, offset: 0, index: 1 })
  })

  it('takes a line of the longest length and calls a longer one damage', async () => {
    write(0, `${'x'.repeat(maxSegmentLineBytes)}\n`)
    expect((await readAll(reader())).lines[0]).toHaveLength(maxSegmentLineBytes + 2)
    writeFileSync(pathOf(0), `${'x'.repeat(maxSegmentLineBytes + 1)}\n`)
    const log = new SegmentReader(folder.path, undefined, 1000)
    readers.push(log)
    expect((await readAll(log)).state).toBe('damaged')
  })

  it('reads the same with any size of chunk', async () => {
    for (let i = 0; i < 50; i += 1) write(0, `${'y'.repeat(i * 997)}\n`)
    const whole = await readAll(reader())
    const small = new SegmentReader(folder.path, undefined, 1)
    readers.push(small)
    expect(await readAll(small)).toEqual(whole)
    expect(whole.lines).toHaveLength(50)
  })
})

describe('one line at a known place', () => {
  it('is read when it is one whole line, and not otherwise', async () => {
    write(0, 'one\ntwo\nthree')
    const lines = new LineReader(folder.path)
    const at = (offset: number, length: number, segment = 0) => lines.read({ segment, offset, length })
    expect(await at(0, 3)).toBe('one')
    expect(await at(4, 3)).toBe('two')
    expect(await at(0, 2)).toBeUndefined()
    expect(await at(0, 7)).toBeUndefined()
    expect(await at(8, 5)).toBeUndefined()
    expect(await at(0, 0)).toBeUndefined()
    expect(await at(0, maxSegmentLineBytes + 1)).toBeUndefined()
    expect(await at(0, 3, 77)).toBeUndefined()
    await lines.close()
  })
})

describe('watching segments', () => {
  it('tells that something was written', async () => {
    const path = join(folder.path, 'watched')
    mkdirSync(path)
    await new Promise<void>((resolve) => {
      const watcher = watchSegments({
        folder: path,
        pollMs: 50,
        onChange: () => {
          watcher.close()
          resolve()
        },
      })
      writeFileSync(join(path, segmentName(0)), 'a\n')
    })
  })

  it('polls where a folder cannot be watched', async () => {
    await new Promise<void>((resolve) => {
      const watcher = watchSegments({
        folder: join(folder.path, 'none'),
        pollMs: 5,
        onChange: () => {
          watcher.close()
          resolve()
        },
      })
    })
  })
})
