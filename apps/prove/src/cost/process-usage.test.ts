import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { childrenOf, processUsage } from './process-usage.ts'

describe.skipIf(!existsSync('/proc/self/stat'))('processUsage (needs /proc)', () => {
  it('counts the descendants of a process with it', async () => {
    const script =
      "const { spawn } = require('node:child_process');" +
      "const child = spawn(process.execPath, ['-e', 'for (let i = 0; i < 3e8; i++);process.stdout.write(`done`);setInterval(() => {}, 1000)']);" +
      "child.stdout.once('data', () => process.stdout.write('ready')); process.stdin.once('end', () => { child.kill(); process.exit() }); process.stdin.resume()"
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] })
    await once(parent.stdout, 'data')
    const pid = parent.pid ?? 0
    expect(childrenOf(pid)).toHaveLength(1)
    const [whole, child] = processUsage([pid, childrenOf(pid)[0] ?? 0]) ?? []
    expect(child?.cpuMs).toBeGreaterThan(0)
    expect(whole?.cpuMs).toBeGreaterThanOrEqual(child?.cpuMs ?? Infinity)
    expect(whole?.rssBytes).toBeGreaterThan(child?.rssBytes ?? Infinity)
    parent.stdin.end()
    await once(parent, 'exit')
  })

  it('gives nothing for a process that is not there', () => {
    expect(processUsage([2 ** 30])).toEqual([{ cpuMs: 0, rssBytes: 0 }])
    expect(childrenOf(2 ** 30)).toEqual([])
  })
})
