import { readFileSync, statSync } from 'node:fs'
import { isAbsolute, join, normalize } from 'node:path'
import type { DataFiles } from '@sevenfold/behaviour'

/** Bytes of one data file; a larger one counts as missing. */
export const maxDataFileBytes: number = 64 * 1024 * 1024

/** Where rules find their data files, and what could not be read. */
export interface DataFolder extends DataFiles {
  /** Files that a rule asked for and that are not there. */
  readonly missing: ReadonlySet<string>
}

/** A name as rules give it, inside the folder: no rule reads files of the host. */
function isInside(name: string): boolean {
  const plain = normalize(name)
  return name !== '' && !isAbsolute(plain) && !plain.startsWith('..') && !name.includes('\0')
}

function readLines(folder: string, name: string): readonly string[] | undefined {
  if (!isInside(name)) return undefined
  const path = join(folder, name)
  try {
    const found = statSync(path)
    // A pipe would be waited for.
    if (!found.isFile() || found.size > maxDataFileBytes) return undefined
    const lines = readFileSync(path, 'utf8').split(/\r?\n/u)
    return lines.filter((line) => line !== '' && !line.startsWith('#'))
  } catch {
    return undefined
  }
}

function readMap(lines: readonly string[]): readonly Readonly<Record<string, string>>[] {
  return lines.flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line)
      const isMap = typeof value === 'object' && value !== null && !Array.isArray(value)
      if (!isMap) return []
      return [Object.fromEntries(Object.entries(value).filter(([, item]) => typeof item === 'string'))]
    } catch {
      return []
    }
  })
}

/** The data files of a folder, read when a rule first names them and kept. */
export function openDataFolder(folder: string): DataFolder {
  const known = new Map<string, readonly string[] | undefined>()
  const maps = new Map<string, readonly Readonly<Record<string, string>>[]>()
  const missing = new Set<string>()
  const lines = (name: string): readonly string[] | undefined => {
    if (known.has(name)) return known.get(name)
    const read = readLines(folder, name)
    known.set(name, read)
    if (read === undefined) missing.add(name)
    return read
  }
  return {
    missing,
    lines,
    regexps: lines,
    map: (name) => {
      const read = maps.get(name) ?? readMap(lines(name) ?? [])
      maps.set(name, read)
      return known.get(name) === undefined ? undefined : read
    },
  }
}
