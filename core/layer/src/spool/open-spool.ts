import { readdirSync } from 'node:fs'
import type { Epoch } from '@sevenfold/event'
import { lockFolder } from '../files/lock-folder.ts'
import { ensurePrivateFolder } from '../files/private-folder.ts'
import { budgetOf, defaultSpoolBytes } from './budget.ts'
import { readEpochs } from './epoch-file.ts'
import type { EpochEntry } from './epoch-file.ts'
import { lanesInOrder } from './epoch-store.ts'
import type { EpochStore } from './epoch-store.ts'
import { beginEpoch, openEpoch } from './epochs.ts'
import { openPositions } from './positions.ts'
import type { Positions } from './positions.ts'
import { runSpool } from './run-spool.ts'
import type { SpoolOptions } from './spool-options.ts'
import type { Spool } from './spool.ts'

const folderPattern = /^[0-9a-zA-Z-]{8,128}$/

/** Epochs with a folder that the list does not know: the list was lost, their events are not. */
function unlistedEpochs(folder: string, listed: readonly EpochEntry[]): EpochEntry[] {
  const known = new Set(listed.map(({ id }) => id))
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && folderPattern.test(entry.name) && !known.has(entry.name))
    .map((entry): EpochEntry => ({ id: entry.name, reason: 'created' }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1)) // UUIDv7 sorts by time
}

/** True when something that was durable is not there any more. */
function lostItsTail(store: EpochStore, positions: Positions): boolean {
  return lanesInOrder.some((lane) => {
    const { damage, head } = store.lanes[lane]
    return damage !== undefined || positions.highest(store.entry.id, lane) > head().sequence
  })
}

/** Why a new epoch is needed, or undefined when the last one goes on. */
function reasonForEpoch(
  last: EpochStore | undefined,
  listed: boolean,
  positions: Positions,
): Epoch['reason'] | undefined {
  if (last === undefined) return 'created'
  return !listed || lostItsTail(last, positions) ? 'tail-lost' : undefined
}

/**
 * Opens a spool: takes its lock, repairs its tail, and starts a new epoch when it was created or its tail is lost.
 * @throws LayerError LAYER_DATA_LOCKED when another process has it, LAYER_DATA_UNUSABLE; what the file system throws.
 */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  ensurePrivateFolder(options.folder)
  const lock = lockFolder(options.folder)
  try {
    const budget = budgetOf(options.budgetBytes ?? defaultSpoolBytes)
    const positions = openPositions(options.folder, options.receivers)
    const listed = readEpochs(options.folder)
    const entries = [...unlistedEpochs(options.folder, listed), ...listed]
    const epochs = entries.map((entry) => openEpoch(options, entry, budget))
    const reason = reasonForEpoch(epochs.at(-1), listed.length > 0, positions)
    if (reason !== undefined) beginEpoch(options, epochs, { reason, budget })
    return await runSpool({ options, lock, budget, positions, epochs })
  } catch (error) {
    lock.release()
    throw error
  }
}
