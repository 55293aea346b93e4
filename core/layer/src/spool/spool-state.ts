import type { Lane } from '@sevenfold/event'
import type { Timer } from '../clock/clock.ts'
import type { FolderLock } from '../files/lock-folder.ts'
import type { Budget, DropContext } from './budget.ts'
import type { EpochStore } from './epoch-store.ts'
import type { Fold } from './fold.ts'
import type { LaneWriter } from './lane-writer.ts'
import type { Losses } from './losses.ts'
import type { Positions } from './positions.ts'
import type { Segment } from './segment-files.ts'
import type { SpoolMetrics } from './spool-metrics.ts'
import type { SpoolOptions } from './spool-options.ts'
import type { SpoolReader } from './spool.ts'

/** What opening a spool found. */
export interface OpenedSpool {
  readonly options: SpoolOptions
  readonly lock: FolderLock
  readonly budget: Budget
  readonly positions: Positions
  /** Oldest first; the last one is written to. */
  readonly epochs: EpochStore[]
}

/** The two writers of the current epoch. */
export type Writers = Readonly<Record<Lane, LaneWriter>>

/** A running spool. */
export interface SpoolState extends OpenedSpool {
  readonly metrics: SpoolMetrics
  readonly fold: Fold
  readonly losses: Losses
  readonly listeners: Set<() => void>
  readonly readers: Map<string, SpoolReader>
  /** Segments from before this start; their blocks are checked when they are read. */
  readonly untrusted: Set<Segment>
  readonly drop: DropContext
  writers: Writers
  agent: { readonly id: string; readonly ephemeral_id: string }
  agentJson: string
  /** Head of each lane when this process opened the current epoch. */
  openedAt: Readonly<Record<Lane, number>>
  /** Share of the high lane's budget that no receiver has yet. */
  diskShare: number
  diskFull: boolean
  upkeep: Timer | undefined
  ticks: number
  closed: boolean
}
