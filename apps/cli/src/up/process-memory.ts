import { readFileSync, readdirSync } from 'node:fs'

/** One process of a part. */
export interface GroupProcess {
  readonly pid: number
  /** Resident memory in bytes. */
  readonly rssBytes: number
}

function groupOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // proc(5): the name in parentheses may hold anything; process group is field 5.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2])
  } catch {
    return undefined // it ended meanwhile
  }
}

function rssOf(pid: string): number {
  try {
    const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))
    return match === null ? 0 : Number(match[1]) * 1024
  } catch {
    return 0
  }
}

/** One process by its id; empty where the system has no /proc. */
export function processMemory(pid: number): readonly GroupProcess[] {
  const rssBytes = rssOf(String(pid))
  return rssBytes === 0 ? [] : [{ pid, rssBytes }]
}

/** Every process of a process group with its memory; empty where the system has no /proc. */
export function groupMemory(group: number): readonly GroupProcess[] {
  let pids: string[]
  try {
    pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
  return pids
    .filter((pid) => groupOf(pid) === group)
    .map((pid) => ({ pid: Number(pid), rssBytes: rssOf(pid) }))
    .sort((a, b) => a.pid - b.pid)
}
