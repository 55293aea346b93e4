import { readFileSync, readdirSync } from 'node:fs'

/** Clock ticks a second that the kernel counts process times in (`getconf CLK_TCK` is 100 on every Linux). */
const ticksPerSecond = 100

function statOf(pid: number): readonly string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  // The name in parentheses may hold spaces.
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => {
      try {
        return Number(statOf(candidate)[1]) === pid
      } catch {
        return false // ended in between
      }
    })
}

/** Resident memory of a process, megabytes. */
export function rssMegabytes(pid: number): number {
  const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
  return Number(kib ?? Number.NaN) / 1024
}

/** User and system time of a process and its children so far, in microseconds. */
export function cpuMicros(pid: number): number {
  let ticks = 0
  for (const process of [pid, ...childrenOf(pid)]) {
    const stat = statOf(process)
    ticks += Number(stat[11]) + Number(stat[12])
  }
  return (ticks / ticksPerSecond) * 1e6
}
