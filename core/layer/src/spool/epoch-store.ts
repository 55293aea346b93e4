import type { Lane } from '@sevenfold/event'
import type { EpochEntry } from './epoch-file.ts'
import type { LaneStore } from './lane-store.ts'

/** One epoch with its lanes on disk. */
export interface EpochStore {
  readonly entry: EpochEntry
  readonly lanes: Readonly<Record<Lane, LaneStore>>
  /** Lanes whose rest was given up because a receiver has other events under the same sequences. */
  readonly abandoned: Set<Lane>
}

/** The lanes in the order in which they are sent. */
export const lanesInOrder: readonly Lane[] = ['high', 'low']
