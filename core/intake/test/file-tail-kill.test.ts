import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'

const kills = Number(process.env['SEVENFOLD_KILLS'] ?? 4)
const script = join(import.meta.dirname, 'kill', 'tail-follower.ts')

let folder: TemporaryFolder
let children: ChildProcess[]
beforeEach(() => {
  folder = createTemporaryFolder()
  children = []
})
afterEach(async () => {
  for (const child of children) await kill(child)
  folder.remove()
})

async function follow(): Promise<ChildProcess> {
  const files = ['access.log', 'position.json', 'out'].map((name) => join(folder.path, name))
  const child = fork(script, files, {
    execArgv: ['--import', 'tsx', '--conditions=@sevenfold/source'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  children.push(child)
  await once(child, 'message')
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

it(
  `a reader that is killed ${kills} times while a log grows and is rotated leaves out no line, and gives again only what it had in hand`,
  { timeout: 180_000 },
  async () => {
    const log = join(folder.path, 'access.log')
    const out = join(folder.path, 'out')
    writeFileSync(log, '')
    writeFileSync(out, '')
    let next = 1_000_000
    const write = (count: number): void => {
      const lines = Array.from({ length: count }, (_, i) => `${next + i}\n`).join('')
      // Half a line first: a kill may come between both.
      appendFileSync(log, lines.slice(0, -3))
      appendFileSync(log, lines.slice(-3))
      next += count
    }
    const rotate = (): void => {
      for (let n = 9; n >= 1; n -= 1)
        if (existsSync(`${log}.${n}`)) renameSync(`${log}.${n}`, `${log}.${n + 1}`)
      renameSync(log, `${log}.1`)
      writeFileSync(log, '')
    }
    for (let round = 0; round < kills; round += 1) {
      const child = await follow()
      const until = performance.now() + Math.random() * 150
      do {
        write(1 + Math.floor(Math.random() * 200))
        await pause(1)
      } while (performance.now() < until)
      await kill(child)
      write(50)
      rotate()
      write(50)
    }
    await follow()
    const read = (): number[] => readFileSync(out, 'utf8').split('\n').slice(0, -1).map(Number)
    const expected = next - 1_000_000
    const deadline = performance.now() + 60_000
    while (new Set(read()).size < expected && performance.now() < deadline) await pause(20)
    const got = read()
    const first = [...new Set(got)]
    expect(first).toEqual(Array.from({ length: expected }, (_, i) => 1_000_000 + i))
    // Each kill can make one batch come again: as many steps back as kills, at most.
    const stepsBack = got.filter((n, i) => n <= (got[i - 1] ?? 0)).length
    expect(stepsBack).toBeLessThanOrEqual(kills)
  },
)
