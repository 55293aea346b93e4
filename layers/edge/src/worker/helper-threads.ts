import { readdirSync } from 'node:fs'
import { constants, getPriority, setPriority } from 'node:os'

const tasks = '/proc/self/task'

/**
 * Lets the threads that node starts beside its own (V8's, which compiles and collects, and libuv's, which work with
 * files) give way to the one that serves clients. Where a worker has one processor, as it is meant to, they would take
 * 4 ms of it at a time and as much of it as that one, for seconds, just when much is to be done: what is new is
 * compiled, what was made is collected. Not the lowest priority: now and then that thread waits for what they do.
 * Linux counts threads as it counts processes; elsewhere nothing is changed.
 */
export function lowerHelperThreads(): void {
  const lower = Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL)
  try {
    for (const id of readdirSync(tasks)) {
      if (Number(id) !== process.pid) setPriority(Number(id), lower)
    }
  } catch {
    // no Linux, or one of them has just ended: they share as before
  }
}
