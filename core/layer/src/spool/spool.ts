import type { EventDraft, Lane, LaneHead } from '@sevenfold/event'

/** Heads of both lanes. */
export interface LaneHeads {
  readonly high: LaneHead
  readonly low: LaneHead
}

/** Whole blocks of one lane of one epoch, as they go onto the wire. */
export interface SpoolBatch {
  readonly epoch: string
  readonly lane: Lane
  /** Sequence of the first line. */
  readonly first: number
  /** Sequence of the last line. */
  readonly last: number
  /** Lines of each block. */
  readonly blocks: readonly number[]
  /** Lines with newlines. */
  readonly body: Uint8Array
  /** Chain hash before the first block, lower-case hex. */
  readonly previous: string
  /** Something between the acknowledged position and `first` is gone for good. */
  readonly afterGap: boolean
}

/** What became of a receiver's wish to have `expected` next. */
export type Rewind =
  /** The next batch starts there, or at the block that holds it. */
  | 'found'
  /** Older than anything kept: the next batch starts at the oldest block and is an admitted gap. */
  | 'gone'
  /** Beyond our head: our tail is lost. */
  | 'ahead'

/** The unsent events as one receiver sees them. */
export interface SpoolReader {
  /** The next batch that is on disk and not acknowledged: oldest epoch first, the lanes in turn. */
  next(maxBytes: number): Promise<SpoolBatch | undefined>
  /** The receiver has everything up to and including `through`. */
  acknowledge(batch: Pick<SpoolBatch, 'epoch' | 'lane'>, through: number): void
  rewind(batch: Pick<SpoolBatch, 'epoch' | 'lane'>, expected: number): Rewind
  /** Events on disk and in memory that the receiver has not acknowledged. */
  backlog(): number
  /** Calls `run` when new blocks are on disk. Returns what ends that. */
  onData(run: () => void): () => void
}

/** An append-only queue of events on disk that any number of receivers read at their own pace. */
export interface Spool {
  /** `<part>/<slot>`. */
  readonly agentId: string
  /** Current epoch; a lost tail changes it. */
  readonly epoch: string
  /**
   * Seals a draft and queues its line. Never waits and never throws: an event that cannot be kept is counted and its
   * loss declared. Repeats of one (source, rule, site) in `high` fold into a counted event after 20 a minute.
   */
  append(draft: EventDraft): void
  /**
   * Queues a line that the caller builds itself: hot path. `line` gets the sequence, the agent object as JSON text
   * (`{"id":…,"ephemeral_id":…}`, on an enrolled host with `,"host":{"name":…}` behind it) and the lane that must stand in the event: `high` becomes `low` while the high lane
   * is under pressure. The text is one line of JSON, at most `maxLineBytes`; anything else is refused and counted.
   */
  appendLine(lane: Lane, line: (sequence: number, agentJson: string, lane: Lane) => string): void
  /** Resolves when everything appended before the call is on disk, or could not be written and is kept in memory. */
  flush(): Promise<void>
  /** Last durable event of each lane of the current epoch, and the hash over all its blocks. */
  heads(): LaneHeads
  /** The reader of one receiver; the same object for the same name. */
  reader(receiver: string): SpoolReader
  /**
   * A receiver has more of a lane than we do: our tail is lost (an old copy of the folder was put back). Starts a new
   * epoch and gives what was written since the start its place there. An older epoch only loses the rest of the lane.
   */
  renewEpoch(lost: Pick<SpoolBatch, 'epoch' | 'lane'>): Promise<void>
  /** Bytes on disk. */
  bytes(): number
  /** Flushes, releases the lock, closes. Later appends are counted and dropped. */
  close(): Promise<void>
}
