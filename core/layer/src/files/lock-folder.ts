import {
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import { LayerError, systemCode } from '../error.ts'

/** Held until `release`. A killed process leaves its lock behind; the next one finds that its owner is gone. */
export interface FolderLock {
  /** Shows processes on other hosts that share the folder that the owner is alive. */
  touch(): void
  release(): void
}

interface Owner {
  readonly pid: number
  readonly host: string
  /** Start of the process in clock ticks since boot, so that a pid used again is no owner; empty where unknown. */
  readonly started: string
}

/** A lock from another host counts as left behind when it was not touched for this long, in milliseconds. */
export const foreignLockMaxAgeMs = 60_000

function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // proc(5): the name in parentheses may hold spaces; start time is field 22, the 20th after the name.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return '' // no /proc on this system
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCode(error) === 'EPERM'
  }
}

function readOwner(path: string): Owner | undefined {
  const parsed = parseBoundedJson(readFileSync(path, 'utf8'), {
    maxTextLength: 1024,
    maxDepth: 2,
    maxNodes: 10,
    maxStringLength: 256,
  })
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  const { pid, host, started } = parsed.value
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid < 1) return undefined
  return {
    pid,
    host: typeof host === 'string' ? host : '',
    started: typeof started === 'string' ? started : '',
  }
}

function isLeftBehind(path: string, owner: Owner | undefined): boolean {
  if (owner === undefined) return true // written with link(2), so a lock is never half a file
  if (owner.host !== hostname()) return Date.now() - statSync(path).mtimeMs > foreignLockMaxAgeMs
  if (!isRunning(owner.pid)) return true
  return owner.started !== '' && startOf(owner.pid) !== owner.started
}

function removeLeftBehind(path: string, folder: string): void {
  const owner = readOwner(path)
  if (!isLeftBehind(path, owner)) {
    throw new LayerError(
      'LAYER_DATA_LOCKED',
      `data folder ${folder} is in use by process ${owner?.pid ?? 0}`,
      {
        hint: 'stop the other process, or use another data folder',
      },
    )
  }
  // Two processes may find the same stale lock: whoever moves it away must see that it moved the stale one.
  const aside = `${path}.${randomUUID()}.stale`
  renameSync(path, aside)
  const moved = readOwner(aside)
  if (JSON.stringify(moved) !== JSON.stringify(owner)) {
    try {
      linkSync(aside, path)
    } finally {
      unlinkSync(aside)
    }
    throw new LayerError(
      'LAYER_DATA_LOCKED',
      `data folder ${folder} was just taken by process ${moved?.pid ?? 0}`,
      {
        hint: 'stop the other process, or use another data folder',
      },
    )
  }
  unlinkSync(aside)
}

/**
 * Takes the only lock of a folder (file `lock`), so that two processes never write the same files.
 * @throws LayerError LAYER_DATA_LOCKED with the other process's id.
 */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, 'lock')
  const own: Owner = { pid: process.pid, host: hostname(), started: startOf(process.pid) }
  const draft = `${path}.${randomUUID()}.new`
  writeFileSync(draft, JSON.stringify(own), { mode: 0o600 })
  try {
    for (let tries = 0; ; tries += 1) {
      try {
        linkSync(draft, path) // fails when the lock exists: taking it is one step
        break
      } catch (error) {
        if (systemCode(error) !== 'EEXIST' || tries > 20) throw error
      }
      try {
        removeLeftBehind(path, folder)
      } catch (error) {
        if (systemCode(error) !== 'ENOENT') throw error // another process removed it first
      }
    }
  } finally {
    rmSync(draft, { force: true })
  }
  return {
    touch: () => {
      const now = new Date()
      try {
        utimesSync(path, now, now)
      } catch {
        // The folder is gone; every write says so by itself.
      }
    },
    release: () => rmSync(path, { force: true }),
  }
}
