import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { openLineLog } from './line-log.ts'

let folder: TemporaryFolder
beforeEach(() => void (folder = createTemporaryFolder()))
afterEach(() => folder.remove())

const numbers = (path: string): number[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map(Number)

describe('a log of lines', () => {
  it('is written anew when it has grown, and loses nothing by it', async () => {
    const path = join(folder.path, 'log')
    const held: number[] = []
    let compactions = -1 // the first call is the opening
    const log = await openLineLog<number>({
      path,
      records: () => {
        compactions += 1
        return [...held]
      },
      onError: (error) => {
        throw error
      },
      compactAfterBytes: 40_000,
    })
    for (let i = 0; i < 30_000; i += 1) {
      if (held.length >= 100) held.shift()
      held.push(i)
      log.append(i)
      if (i % 5_000 === 0) await log.flush()
    }
    await log.close()
    expect(compactions).toBeGreaterThan(1)
    const written = numbers(path)
    expect(written.length).toBeLessThan(30_000)
    expect(written.slice(-100)).toEqual(held)
  })

  it('keeps what is appended while the disk works', async () => {
    const path = join(folder.path, 'log')
    const log = await openLineLog<number>({ path, records: () => [], onError: () => {} })
    const expected: number[] = []
    // One record at a time, with turns of the event loop between them that no write falls in step with.
    for (let i = 0; i < 2_000; i += 1) {
      expected.push(i)
      log.append(i)
      if (i % 3 !== 0) await new Promise(setImmediate)
      if (i % 7 === 0) await stat(path)
    }
    await log.flush()
    expect(numbers(path)).toEqual(expected)
    await log.close()
  })

  it('reports a disk that takes nothing, and goes on', async () => {
    const path = join(folder.path, 'gone', 'log')
    mkdirSync(join(folder.path, 'gone'))
    const errors: unknown[] = []
    const held: number[] = []
    const log = await openLineLog<number>({
      path,
      records: () => held,
      onError: (error) => errors.push(error),
      compactAfterBytes: 0,
    })
    rmSync(join(folder.path, 'gone'), { recursive: true })
    held.push(1)
    log.append(1)
    await log.flush()
    expect(errors).toHaveLength(1)
    log.append(2)
    await log.close()
    expect(errors.length).toBeGreaterThanOrEqual(1)
  })
})
