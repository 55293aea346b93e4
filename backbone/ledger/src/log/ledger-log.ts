import { ensurePrivateFolder, writeAtomic } from '@sevenfold/layer'
import { leafHashesOfLines, noteKey } from '@sevenfold/merkle'
import type { Checkpoint, NoteKey, Tile, TileTree } from '@sevenfold/merkle'
import { LedgerError } from '../ledger-error.ts'
import type { PackedSegmentSize } from '../segments/pack-segment.ts'
import { SegmentWriter } from '../segments/segment-writer.ts'
import { writeSnapshot } from '../state/snapshot.ts'
import type { WriterPosition, WriterPositions } from '../state/writer-positions.ts'
import { CommitQueue } from './commit-queue.ts'
import type { Commit } from './commit-queue.ts'
import { dropOldSegments } from './drop-old-segments.ts'
import type { DroppedSegments } from './drop-old-segments.ts'
import type { LedgerBatch } from './ledger-batch.ts'
import { logFolder } from './log-folder.ts'
import type { LogFolder } from './log-folder.ts'
import { publishKey, readCheckpoint, signCheckpoint } from './log-key.ts'
import type { LogSigner } from './log-key.ts'
import { recoverLog } from './recover-log.ts'
import type { RecoveredLog } from './recover-log.ts'
import { SegmentPacker } from './segment-packer.ts'
import { TileStore } from './tile-store.ts'

/** What a log is opened with. */
export interface LedgerLogOptions {
  /** Folder of the log, `data/ledger`. */
  readonly folder: string
  /** Name of the log and of its key. */
  readonly origin: string
  readonly signer: LogSigner
  /** A segment of this size or more is closed. */
  readonly segmentBytes: number
  /** Oldest closed segments beyond this many bytes are dropped; their hashes stay. */
  readonly retainBytes: number
}

/**
 * The append-only log. A batch counts once its lines are on disk; each line is a leaf of an RFC 6962 tree, and
 * `checkpoint` signs the tree. Killed at any moment, it opens again with every acknowledged line exactly once.
 */
export class LedgerLog {
  readonly #folder: LogFolder
  readonly #options: LedgerLogOptions
  #key: NoteKey
  #signer: LogSigner
  readonly #tiles: TileStore
  readonly #writer: SegmentWriter
  readonly #tree: TileTree
  readonly #writers: WriterPositions
  readonly #queue: CommitQueue
  readonly #packer: SegmentPacker
  #partials: readonly Tile[]
  // The tree gives each full tile once; after a failed write (full disk) it is ours to try again.
  readonly #unwritten: Tile[] = []
  #signed: Checkpoint | undefined
  #note = ''
  #checkpointing: Promise<Checkpoint | undefined> | undefined
  /** How the log was found at the start. */
  readonly recovered: Pick<RecoveredLog, 'cutBytes' | 'rebuilt'>

  constructor(
    options: LedgerLogOptions,
    state: { folder: LogFolder; key: NoteKey; found: RecoveredLog; signed: Checkpoint | undefined },
  ) {
    this.#options = options
    this.#folder = state.folder
    this.#key = state.key
    this.#signer = options.signer
    this.#signed = state.signed
    this.#tiles = new TileStore(state.folder.root)
    this.#tree = state.found.tree
    this.#writers = state.found.writers
    this.#partials = state.found.partials
    this.recovered = { cutBytes: state.found.cutBytes, rebuilt: state.found.rebuilt }
    this.#writer = new SegmentWriter(state.folder.segments, state.found.position, options.segmentBytes)
    this.#packer = new SegmentPacker(state.folder.segments)
    this.#queue = new CommitQueue(this.#writers, (commit) => this.#commit(commit))
  }

  /** Entries in the log. */
  get size(): number {
    return this.#tree.size
  }

  /** Newest signed checkpoint. */
  get signed(): Checkpoint | undefined {
    return this.#signed
  }

  /** The newest checkpoint of this run as a signed note; empty before the first. */
  get signedNote(): string {
    return this.#note
  }

  /** Where every known writer stands on disk. */
  positions(): WriterPosition[] {
    return this.#writers.all()
  }

  /**
   * Resolves when every line of the batch is on disk. Lines that the log already has are not written again.
   * @throws LedgerError LEDGER_BUSY (try later), LEDGER_WRITE_FAILED (disk), LEDGER_BAD_BATCH, LEDGER_CLOSED.
   */
  append(batch: LedgerBatch): Promise<void> {
    return this.#queue.add(batch)
  }

  async #commit(commit: Commit): Promise<void> {
    let leaves: Uint8Array[] = []
    await this.#writer.append(commit.bytes, commit.lines, () => {
      leaves = leafHashesOfLines(commit.bytes)
    })
    // From here to the end nothing waits: tree, positions and offset change together, as a snapshot must find them.
    for (const leaf of leaves) this.#tree.append(leaf)
    for (const position of commit.positions) this.#writers.advance(position)
  }

  /** Integrates and signs what came since the last checkpoint; undefined when nothing did. Calls do not overlap. */
  async checkpoint(): Promise<Checkpoint | undefined> {
    this.#checkpointing ??= this.#makeCheckpoint().finally(() => {
      this.#checkpointing = undefined
    })
    return this.#checkpointing
  }

  async #makeCheckpoint(): Promise<Checkpoint | undefined> {
    if (this.#signed?.size === this.#tree.size) return undefined
    // Everything is taken in one go, before the first wait: the log grows while tiles are written.
    const { position } = this.#writer
    this.#unwritten.push(...this.#tree.takeFullTiles())
    const full = [...this.#unwritten]
    const partials = this.#tree.partialTiles()
    const snapshot = { position, edges: this.#tree.edges(), writers: this.#writers.entries() }
    const root = this.#tree.root()
    const checkpoint: Checkpoint = { origin: this.#key.name, size: position.index, root, extensions: [] }
    // Killed before the next line: the tiles are made again from the segments. Killed after the checkpoint and
    // before the snapshot: the older snapshot leads to the same root.
    await this.#tiles.write([...full, ...partials])
    this.#unwritten.splice(0, full.length)
    this.#publish(checkpoint)
    writeSnapshot(this.#folder.snapshot, snapshot)
    const kept = new Set(partials.map((tile) => `${tile.level}/${tile.index}/${tile.width}`))
    await this.#tiles.removePartials(
      this.#partials.filter((tile) => !kept.has(`${tile.level}/${tile.index}/${tile.width}`)),
    )
    this.#partials = partials
    this.#signed = checkpoint
    return checkpoint
  }

  #publish(checkpoint: Checkpoint): void {
    const note = signCheckpoint(checkpoint, this.#key, this.#signer)
    writeAtomic(this.#folder.checkpoint, note)
    this.#note = note
  }

  /** Signs with another key of the same name from now on, the newest checkpoint as well. */
  signWith(signer: LogSigner): void {
    this.#signer = signer
    this.#key = noteKey(this.#key.name, signer.publicKey)
    if (this.#signed !== undefined) this.#publish(this.#signed)
  }

  /**
   * Drops oldest segments over the budget, of which `elsewhereBytes` are used for other things; undefined when none had to go. Only what a
   * checkpoint covers is dropped.
   */
  enforceRetention(elsewhereBytes = 0): DroppedSegments | undefined {
    const budgetBytes = this.#options.retainBytes - elsewhereBytes
    return dropOldSegments(this.#folder.segments, budgetBytes, this.#signed?.size ?? 0)
  }

  /** Stores the oldest closed segment last written before `settledBeforeMs` as gzip; undefined when there is none. Not twice at a time. */
  packNext(settledBeforeMs: number, signal?: AbortSignal): Promise<PackedSegmentSize | undefined> {
    const limits = { signedSize: this.#signed?.size ?? 0, settledBeforeMs }
    return this.#packer.packNext(signal === undefined ? limits : { ...limits, signal })
  }

  /** Finishes what was accepted, signs a last checkpoint and closes. Later batches are refused. */
  async close(): Promise<void> {
    await this.#queue.close()
    await this.#checkpointing
    await this.checkpoint()
    await this.#writer.close()
  }
}

/**
 * Opens the log in a folder, or begins one.
 * @throws LedgerError LEDGER_CORRUPT, LEDGER_ROLLED_BACK, LEDGER_ORIGIN_CHANGED: the log is left as it was found.
 */
export async function openLedgerLog(options: LedgerLogOptions): Promise<LedgerLog> {
  const folder = logFolder(options.folder)
  ensurePrivateFolder(folder.segments)
  if (options.segmentBytes < 1) throw new LedgerError('LEDGER_BAD_BATCH', 'segmentBytes starts at 1')
  const key = publishKey(folder, options.origin, options.signer)
  const signed = readCheckpoint(folder, key)
  const found = await recoverLog(folder, signed)
  const log = new LedgerLog(options, { folder, key, found, signed })
  await log.checkpoint()
  return log
}
