import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'

/** Most entries that are asked for, whatever the limits say: opening them takes time. */
const mostFiles = 32_768

/**
 * Makes room for open files in this process and in those that it starts. Linux doubles the table of open files of a
 * process when it is full; in one with threads that waits for all processors, 10 to 20 ms each time, in the middle of
 * accepting a burst of connections. A table never shrinks, and a child starts with one for the highest file that its
 * parent has open: so one high file stays open.
 * @param files wanted; what the limit of the process does not give is left out.
 * @returns closes it again.
 */
export function growFileTable(files: number): () => void {
  const opened: number[] = []
  try {
    for (let fd = 0; fd < Math.min(files, mostFiles); opened.push(fd)) fd = openSync(devNull, 'r')
  } catch {
    // as many as the limit of the process allows
  }
  const highest = opened.pop()
  for (const fd of opened) closeSync(fd)
  return () => {
    if (highest !== undefined) closeSync(highest)
  }
}
