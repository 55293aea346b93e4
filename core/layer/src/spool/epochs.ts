import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { uuidV7 } from '@sevenfold/event'
import type { Epoch } from '@sevenfold/event'
import type { Budget } from './budget.ts'
import { writeEpochs } from './epoch-file.ts'
import type { EpochEntry } from './epoch-file.ts'
import { lanesInOrder } from './epoch-store.ts'
import type { EpochStore } from './epoch-store.ts'
import { openLaneStore } from './lane-store.ts'
import type { SpoolOptions } from './spool-options.ts'

/** Opens the lanes of an epoch and repairs their tails. */
export function openEpoch(options: SpoolOptions, entry: EpochEntry, budget: Budget): EpochStore {
  const lane = (name: 'high' | 'low'): EpochStore['lanes']['high'] =>
    openLaneStore({
      folder: join(options.folder, entry.id, name),
      agent: options.agentId,
      epoch: entry.id,
      lane: name,
      segmentBytes: budget.segmentBytes,
    })
  return { entry, lanes: { high: lane('high'), low: lane('low') }, abandoned: new Set() }
}

/** Adds an epoch to the list on disk and opens it. */
export function beginEpoch(
  options: SpoolOptions,
  epochs: EpochStore[],
  setting: { reason: Epoch['reason']; budget: Budget },
): EpochStore {
  const previous = epochs.at(-1)?.entry.id ?? options.previousEpoch
  const entry: EpochEntry = {
    id: uuidV7(),
    reason: setting.reason,
    ...(previous === undefined ? {} : { previous }),
  }
  const store = openEpoch(options, entry, setting.budget)
  writeEpochs(options.folder, [...epochs.map((epoch) => epoch.entry), entry])
  epochs.push(store)
  options.log.warn('spool-epoch', { ...entry })
  return store
}

/** Forgets an epoch that every receiver has. */
export function removeEpoch(options: SpoolOptions, epochs: EpochStore[], epoch: EpochStore): void {
  epochs.splice(epochs.indexOf(epoch), 1)
  for (const lane of lanesInOrder) epoch.lanes[lane].close()
  writeEpochs(
    options.folder,
    epochs.map(({ entry }) => entry),
  )
  rmSync(join(options.folder, epoch.entry.id), { recursive: true, force: true })
}
