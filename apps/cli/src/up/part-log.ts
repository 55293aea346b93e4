import { closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { escapeText } from '@sevenfold/event'

/** A log that is larger than this when its part starts becomes `<part>.log.1`, in bytes. */
export const maxLogBytes: number = 8 * 1024 * 1024

const tailBytes = 4096

/** Opens the log of a part for appending; the part writes into it by itself, so that it goes on if we die. */
export function openPartLog(folder: string, part: string): { readonly fd: number; readonly path: string } {
  const path = join(folder, `${part}.log`)
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size > maxLogBytes) renameSync(path, `${path}.1`)
  return { fd: openSync(path, 'a', 0o600), path }
}

/** The last lines of a log, escaped for a terminal: why a part did not start is usually there. */
export function lastLines(path: string, count: number): readonly string[] {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch {
    return [] // no log, no lines
  }
  try {
    const { size } = fstatSync(fd)
    const buffer = Buffer.alloc(Math.min(size, tailBytes))
    const length = readSync(fd, buffer, 0, buffer.length, Math.max(0, size - tailBytes))
    const lines = buffer.toString('utf8', 0, length).split('\n')
    return lines
      .filter((line) => line.trim() !== '')
      .slice(-count)
      .map((line) => escapeText(line, 300))
  } finally {
    closeSync(fd)
  }
}
