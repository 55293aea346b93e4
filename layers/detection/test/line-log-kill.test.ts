import { fork, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { readLines } from '../src/journal/read-lines.ts'

const kills = Number(process.env['SEVENFOLD_KILLS'] ?? 4)
const script = join(import.meta.dirname, 'kill', 'log-writer.ts')
const hasLimits = spawnSync('prlimit', ['--version']).status === 0

interface Told {
  readonly type: string
  readonly upTo?: number
}

interface Writer {
  readonly process: ChildProcess
  readonly told: Told[]
  /** Resolves when the writer has said something for which the test holds, or is gone. */
  until(test: (told: Told) => boolean): Promise<void>
}

let folder: TemporaryFolder
let children: ChildProcess[]
beforeEach(() => {
  folder = createTemporaryFolder()
  children = []
})
afterEach(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  folder.remove()
})

async function startWriter(path: string, first: number, compactAfterBytes: number): Promise<Writer> {
  const child = fork(script, [path, String(first), String(compactAfterBytes)], {
    execArgv: ['--import', 'tsx', '--conditions=@sevenfold/source'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  children.push(child)
  const told: Told[] = []
  const until = (test: (one: Told) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!told.some(test) && child.exitCode === null && child.signalCode === null) return
        child.off('message', look)
        resolve()
      }
      child.on('message', look)
      child.once('exit', look)
      look()
    })
  child.on('message', (message) => void told.push(message as Told)) // of our own script
  const writer = { process: child, told, until }
  await until(({ type }) => type === 'ready')
  return writer
}

const upTo = ({ told }: Writer): number =>
  Math.max(-1, ...told.flatMap((one) => (one.type === 'flushed' && one.upTo !== undefined ? [one.upTo] : [])))

const numbers = (path: string): number[] =>
  [...readLines(path)].filter((line) => /^\d{7}$/.test(line)).map(Number)

describe('a log whose process is killed at any moment', () => {
  it.each([
    ['appending', 1_000_000_000],
    ['being written anew again and again', 2_000],
  ])(
    `holds after each of ${kills} kills what was acknowledged, in order and once, while %s`,
    { timeout: 180_000 },
    async (_what, compactAfterBytes) => {
      const path = join(folder.path, 'log')
      const acknowledged: [number, number][] = []
      for (let round = 1; round <= kills; round += 1) {
        const first = round * 1_000_000
        const writer = await startWriter(path, first, compactAfterBytes)
        await writer.until(({ type }) => type === 'flushed')
        await pause(Math.random() * 120)
        const gone = once(writer.process, 'exit')
        writer.process.kill('SIGKILL')
        await gone
        acknowledged.push([first, upTo(writer)])
        const there = numbers(path)
        expect(there).toEqual([...new Set(there)].toSorted((a, b) => a - b))
        const all = new Set(there)
        const missing = acknowledged.flatMap(([from, to]) =>
          Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((n) => !all.has(n)),
        )
        expect(missing).toEqual([])
      }
    },
  )
})

describe('a log whose disk fills up in the middle of a line', () => {
  it.skipIf(!hasLimits)(
    'holds everything once, whole and in order, when there is room again (needs prlimit)',
    { timeout: 60_000 },
    async () => {
      const path = join(folder.path, 'log')
      const writer = await startWriter(path, 1_000_000, 1_000_000_000)
      // No multiple of a line: the write that reaches the limit is cut inside of one.
      spawnSync('prlimit', ['--pid', String(writer.process.pid), '--fsize=20003:unlimited'])
      await writer.until(({ type }) => type === 'error')
      expect(writer.told.some(({ type }) => type === 'error')).toBe(true)
      spawnSync('prlimit', ['--pid', String(writer.process.pid), '--fsize=unlimited:unlimited'])
      writer.process.send('stop')
      await writer.until(({ type }) => type === 'closed')
      const last = writer.told.find(({ type }) => type === 'closed')?.upTo ?? 0
      const there = [...readLines(path)]
      expect(there).toEqual(Array.from({ length: last - 1_000_000 + 1 }, (_, i) => String(1_000_000 + i)))
    },
  )
})
