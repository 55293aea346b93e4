import { readFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import type { SegmentPosition } from '@sevenfold/ledger/segments'
import type { HouseDump } from '../silence/house-watch.ts'
import type { PlannedSilence } from '../silence/planned-silences.ts'
import type { IncidentBook } from './incident-book.ts'

/** Everything that is kept over a restart. The place in the ledger is in the same file, so that nothing counts twice. */
export interface AlertsState {
  readonly v: 1
  readonly position: SegmentPosition
  /** Where the windows of correlations have to be read from again. */
  readonly warmFrom: SegmentPosition
  readonly nextIncident: number
  readonly book: ReturnType<IncidentBook['dump']>
  readonly load: unknown
  readonly house: HouseDump
  readonly planned: readonly PlannedSilence[]
  readonly runs: unknown
}

// Maps and sets by a mark of their own: plain objects would mix up keys that an attacker chose with those of ours.
function pack(_: string, value: unknown): unknown {
  if (value instanceof Map) return { $map: [...value] }
  if (value instanceof Set) return { $set: [...value] }
  return value
}

function unpack(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if ('$map' in value && Array.isArray(value.$map)) return new Map(value.$map as [unknown, unknown][])
  if ('$set' in value && Array.isArray(value.$set)) return new Set(value.$set)
  return value
}

/**
 * Writes the state; a crash leaves the old or the new one. The disk is waited for beside the event loop: judging must not
 * stand still for it. One call at a time.
 */
export async function writeAlertsState(path: string, state: AlertsState): Promise<void> {
  const text = JSON.stringify(state, pack)
  const temporary = `${path}.new`
  const handle = await open(temporary, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.datasync()
  } finally {
    await handle.close()
  }
  await rename(temporary, path)
}

/** Reads the state; undefined when there is none. @throws when the file is damaged. */
export function readAlertsState(path: string): AlertsState | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  const state = JSON.parse(text, unpack) as AlertsState // our own file in a folder that only we can write
  if (state.v !== 1) throw new Error('the state is of another version')
  return state
}
