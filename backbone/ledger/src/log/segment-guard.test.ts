import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { segmentName } from '../segments/segment-name.ts'
import { SegmentGuard } from './segment-guard.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sf-guard-'))
  for (const first of [0, 10, 20]) writeFileSync(join(folder, segmentName(first)), 'line\nline\n')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('SegmentGuard', () => {
  it('is content while the log grows and begins new segments', () => {
    const guard = new SegmentGuard(folder)
    appendFileSync(join(folder, segmentName(20)), 'line\n')
    writeFileSync(join(folder, segmentName(23)), '')
    expect(guard.look()).toEqual([])
  })

  it('tells each segment that goes away or shrinks once', () => {
    const guard = new SegmentGuard(folder)
    rmSync(join(folder, segmentName(0)))
    truncateSync(join(folder, segmentName(10)), 4)
    expect(guard.look()).toEqual([0, 10])
    expect(guard.look()).toEqual([])
  })

  it('tells a file that was cut and grew back, once', () => {
    const guard = new SegmentGuard(folder)
    const path = join(folder, segmentName(20))
    truncateSync(path, 0)
    const fd = openSync(path, 'r+')
    writeSync(fd, 'line\n', 10)
    closeSync(fd)
    expect(guard.look()).toEqual([20])
    expect(guard.look()).toEqual([])
    appendFileSync(path, 'line\n')
    expect(guard.look()).toEqual([])
  })

  it('does not tell what retention removed, and still tells what somebody else did', () => {
    const guard = new SegmentGuard(folder)
    for (const first of [0, 20]) rmSync(join(folder, segmentName(first)))
    guard.retained(10)
    expect(guard.look()).toEqual([20])
  })

  it('is content with a folder that is not there yet', () => {
    expect(new SegmentGuard(join(folder, 'none')).look()).toEqual([])
  })
})
