import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Clock, Logger } from '@sevenfold/layer'
import { StateKeeper, saveSoonMs } from './state-keeper.ts'
import type { AlertsState } from './state-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sevenfold-state-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const place = { segment: 0, offset: 0, index: 0 }

/** A keeper with timers that only we let go off, and the events that it logged. */
function keep(path: string) {
  const timers = new Map<number, () => void>()
  let [next, incident] = [0, 0]
  const logged: string[] = []
  const log = { error: (event: string) => void logged.push(event) } as unknown as Logger
  const clock = {
    now: () => 0,
    monotonicMs: () => 0,
    after: (ms: number, run: () => void) => {
      expect(ms).toBe(saveSoonMs)
      const id = next++
      timers.set(id, run)
      return { cancel: () => void timers.delete(id) }
    },
  } as unknown as Clock
  const state = (): AlertsState =>
    ({ v: 1, position: place, warmFrom: place, nextIncident: ++incident }) as unknown as AlertsState
  return { keeper: new StateKeeper({ path, clock, log, state }), timers, logged, written: () => incident }
}

describe('StateKeeper', () => {
  it('has nothing to give at first, and gives what was written', async () => {
    const { keeper } = keep(join(folder, 'state.json'))
    expect(keeper.read()).toBeUndefined()
    keeper.touch()
    await keeper.save()
    expect(keeper.read()).toMatchObject({ nextIncident: 1 })
  })
  it('writes only after a change, and several changes at once', async () => {
    const { keeper, timers, written } = keep(join(folder, 'state.json'))
    await keeper.save()
    expect(written()).toBe(0)
    for (let n = 0; n < 5; n += 1) keeper.soon()
    expect(timers.size).toBe(1)
    for (const run of timers.values()) run()
    await keeper.save()
    expect(written()).toBe(1)
  })
  it('says when it cannot write, and tries again the next time', async () => {
    const { keeper, logged, written } = keep(join(folder, 'none', 'state.json'))
    keeper.touch()
    await keeper.save()
    await keeper.save()
    expect(logged).toEqual(['state-not-written', 'state-not-written'])
    expect(written()).toBe(2)
  })
  it('takes a damaged file for none, and says so', () => {
    writeFileSync(join(folder, 'state.json'), '{"v":1')
    const { keeper, logged } = keep(join(folder, 'state.json'))
    expect(keeper.read()).toBeUndefined()
    expect(logged).toEqual(['state-damaged'])
  })
  it('writes a last time when it stops, and plans nothing more', async () => {
    const { keeper, timers, written } = keep(join(folder, 'state.json'))
    keeper.soon()
    await keeper.stop()
    keeper.soon()
    expect(timers.size).toBe(0)
    expect(written()).toBe(1)
  })
})
