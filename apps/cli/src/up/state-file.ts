import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import { ensurePrivateFolder, writeAtomic } from '@sevenfold/layer'
import type { PartListening } from './part-spec.ts'

/** One part as the supervisor sees it. */
export interface PartStatus {
  readonly name: string
  readonly state: string
  /** Also the id of its process group; absent while there is no process. */
  readonly pid?: number
  readonly restarts: number
  readonly listening: readonly PartListening[]
}

/** What the supervisor says of itself in `supervisor/state.json`, for `sevenfold status`. */
export interface SupervisorState {
  readonly v: 1
  readonly pid: number
  /** ISO 8601 UTC. */
  readonly started: string
  readonly demo: boolean
  readonly parts: readonly PartStatus[]
}

function statePath(dataDir: string): string {
  return join(dataDir, 'supervisor', 'state.json')
}

/** Writes the state for other programs of the same user. */
export function writeState(dataDir: string, state: SupervisorState): void {
  ensurePrivateFolder(join(dataDir, 'supervisor'))
  writeAtomic(statePath(dataDir), `${JSON.stringify(state, undefined, 2)}\n`)
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** The state that a running supervisor wrote; undefined when none runs on this data folder. */
export function readState(dataDir: string): SupervisorState | undefined {
  let text: string
  try {
    text = readFileSync(statePath(dataDir), 'utf8')
  } catch {
    return undefined // never started here
  }
  const limits = { maxTextLength: 1_000_000, maxDepth: 8, maxNodes: 10_000, maxStringLength: 4096 }
  const parsed = parseBoundedJson(text, limits)
  if (!parsed.ok || !isJsonObject(parsed.value) || parsed.value['v'] !== 1) return undefined
  const state = parsed.value as unknown as SupervisorState // our own file in a folder that only we can write
  return isRunning(state.pid) ? state : undefined
}
