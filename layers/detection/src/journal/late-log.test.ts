import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFakeClock, createMemoryLog, createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { within } from './kept.ts'
import { LateLog } from './late-log.ts'

let folder: TemporaryFolder
beforeEach(() => void (folder = createTemporaryFolder()))
afterEach(() => folder.remove())

describe('a log that is opened late', () => {
  it('holds what came before, while and after it was opened, each once', async () => {
    const path = join(folder.path, 'log')
    const held: number[] = []
    const log = new LateLog<number>()
    const add = (n: number): void => {
      held.push(n)
      log.append(n)
    }
    add(1)
    const opening = log.open({ clock: createFakeClock(), log: createMemoryLog() }, path, () => [...held])
    add(2)
    await opening
    add(3)
    await log.flush()
    expect(readFileSync(path, 'utf8')).toBe('1\n2\n3\n')
    await log.close()
  })

  it('that was never opened keeps nothing and fails nobody', async () => {
    const log = new LateLog<number>()
    log.append(1)
    await log.flush()
    await log.close()
  })
})

describe('waiting for the disk', () => {
  it('ends with the work, done or failed, and with the time', async () => {
    const clock = createFakeClock()
    await within(clock, 1_000, Promise.resolve())
    await within(clock, 1_000, Promise.reject(new Error('full')))
    let isOver = false
    const waiting = within(clock, 1_000, new Promise(() => undefined)).then(() => (isOver = true))
    await clock.advanceAsync(999)
    expect(isOver).toBe(false)
    await clock.advanceAsync(1)
    await waiting
    expect(isOver).toBe(true)
  })
})
