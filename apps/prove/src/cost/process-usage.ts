import { readFileSync, readdirSync } from 'node:fs'

/** What a process and all its descendants have used. */
export interface ProcessUsage {
  /** User and system time since they started, in milliseconds. */
  readonly cpuMs: number
  /** Resident memory in bytes; shared pages count in each. */
  readonly rssBytes: number
}

/** Clock ticks of /proc/<pid>/stat: USER_HZ is 100 on every Linux that Node runs on (proc(5)). */
const tickMs = 10
const pageBytes = 4096

interface Stat extends ProcessUsage {
  readonly pid: number
  readonly parent: number
}

function readStat(pid: string): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // proc(5): the name in parentheses may hold anything; the fields count from behind it, the first is field 3.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const field = (number: number): number => Number(fields[number - 3])
    return {
      pid: Number(pid),
      parent: field(4),
      cpuMs: (field(14) + field(15)) * tickMs,
      rssBytes: field(24) * pageBytes,
    }
  } catch {
    return undefined // it ended meanwhile
  }
}

function allStats(): readonly Stat[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (readStat(name) ?? []) : []))
  } catch {
    return [] // no /proc
  }
}

/** Use of each process with its descendants, in the order of `pids`; undefined where the system has no /proc. */
export function processUsage(pids: readonly number[]): readonly ProcessUsage[] | undefined {
  const stats = allStats()
  if (stats.length === 0) return undefined
  const children = new Map<number, Stat[]>()
  for (const stat of stats) children.set(stat.parent, [...(children.get(stat.parent) ?? []), stat])
  const byPid = new Map(stats.map((stat) => [stat.pid, stat]))
  const total = (pid: number): ProcessUsage => {
    const own = byPid.get(pid)
    const below = (children.get(pid) ?? []).map((child) => total(child.pid))
    const parts = own === undefined ? below : [own, ...below]
    return {
      cpuMs: parts.reduce((sum, part) => sum + part.cpuMs, 0),
      rssBytes: parts.reduce((sum, part) => sum + part.rssBytes, 0),
    }
  }
  return pids.map(total)
}

/** Processes that a process started and that still run; empty where the system has no /proc. */
export function childrenOf(pid: number): readonly number[] {
  return allStats().flatMap((stat) => (stat.parent === pid ? [stat.pid] : []))
}
