import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants, getPriority } from 'node:os'
import { describe, expect, it } from 'vitest'

const isLinux = existsSync('/proc/self/task')
const threads = JSON.stringify(new URL('helper-threads.ts', import.meta.url).href)
const lowered = constants.priority.PRIORITY_BELOW_NORMAL

/** Priorities of the threads of a process that begins with `nice`, that of its main thread first. */
function priorities(nice: number): readonly number[] {
  const script = `
    import { readdirSync } from 'node:fs'
    import { getPriority, setPriority } from 'node:os'
    import { lowerHelperThreads } from ${threads}
    const all = () => readdirSync('/proc/self/task').map(Number)
    for (const id of all()) setPriority(id, ${nice})
    lowerHelperThreads()
    const others = all().filter((id) => id !== process.pid)
    process.stdout.write(JSON.stringify([getPriority(), ...others.map((id) => getPriority(id))]))`
  const args = ['--import', 'tsx', '--input-type=module', '-e', script]
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as readonly number[]
}

describe.skipIf(!isLinux)('the threads beside the one that serves (needs /proc)', () => {
  // A priority can be lowered by anybody, and raised by few.
  const atLeast = (nice: number): number => Math.max(getPriority(), nice)

  it.each([
    ['give way to it', atLeast(lowered - 1), atLeast(lowered)],
    ['stay where they are when the process has a lower priority', atLeast(lowered + 1), atLeast(lowered + 1)],
  ])('%s', (_, nice, expected) => {
    const [main, ...others] = priorities(nice)
    expect(main).toBe(nice)
    expect(others.length).toBeGreaterThan(0)
    expect(new Set(others)).toEqual(new Set([expected]))
  })
})
