import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { groupMemory, processMemory } from './process-memory.ts'

const noProc = !existsSync('/proc/self/status')

describe('memory', () => {
  it.skipIf(noProc)('of a process is what the system says (needs /proc)', () => {
    const [own] = processMemory(process.pid)
    expect(own?.pid).toBe(process.pid)
    expect(own?.rssBytes).toBeGreaterThan(10_000_000)
  })

  it.skipIf(noProc)('of a group counts every process in it, and no other (needs /proc)', async () => {
    const script =
      'require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000); console.log(1)"], { stdio: "inherit" })'
    const leader = spawn(process.execPath, ['-e', script], {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const group = leader.pid ?? 0
    try {
      await new Promise((resolve) => leader.stdout.once('data', resolve))
      const found = groupMemory(group)
      expect(found.map(({ pid }) => pid)).toContain(group)
      expect(found).toHaveLength(2)
      expect(found.map(({ pid }) => pid)).not.toContain(process.pid)
    } finally {
      process.kill(-group, 'SIGKILL')
    }
  })

  it('of a process that is not there is nothing', () => {
    expect(processMemory(2 ** 30)).toEqual([])
    expect(groupMemory(2 ** 30)).toEqual([])
  })
})
