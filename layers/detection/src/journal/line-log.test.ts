import { mkdirSync, readFileSync, rmSync } from 'node:fs'
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
