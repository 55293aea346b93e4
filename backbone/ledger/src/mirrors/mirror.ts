import { existsSync, readFileSync, truncateSync } from 'node:fs'
import { ensurePrivateFolder, writeAtomic } from '@sevenfold/layer'
import {
  TileTree,
  decodeCheckpoint,
  decodeVerifierKey,
  encodeVerifierKey,
  isSignedBy,
  leafHash,
  leafHashesOfLines,
  parseNote,
  sameHash,
  tileHashReader,
} from '@sevenfold/merkle'
import type { Checkpoint, Tile } from '@sevenfold/merkle'
import { readKeyChange } from '../keys/key-change.ts'
import type { KeyChange } from '../keys/key-change.ts'
import { writeKeyChange } from '../keys/key-history.ts'
import { dropOldSegments } from '../log/drop-old-segments.ts'
import { logFolder } from '../log/log-folder.ts'
import type { LogFolder } from '../log/log-folder.ts'
import { writeFrom } from '../log/recover-log.ts'
import { SegmentPacker, finishPacking } from '../log/segment-packer.ts'
import { TileStore } from '../log/tile-store.ts'
import { listSegments, segmentBytes } from '../segments/segment-name.ts'
import { SegmentReader, logStart } from '../segments/segment-reader.ts'
import type { SegmentPosition } from '../segments/segment-reader.ts'
import { SegmentWriter } from '../segments/segment-writer.ts'
import { readSnapshot, writeSnapshot } from '../state/snapshot.ts'

/** What became of entries or a checkpoint. */
export type MirrorAnswer =
  | { readonly kind: 'taken'; readonly size: number }
  /** Entries before these are missing. */
  | { readonly kind: 'gap'; readonly expected: number }
  /** It contradicts what is here, or what the log signed. */
  | { readonly kind: 'conflict'; readonly why: string }

/** Entries that no checkpoint covers yet; more are not taken until one comes. */
export const maxUnverified = 200_000
/** Newest entries that can be compared when they come again. */
export const maxComparable = 8_192

interface Pending {
  readonly hash: Uint8Array
  /** Where the entry ends on disk. */
  readonly end: SegmentPosition
}

const nameOfTile = ({ level, index, width }: Tile): string => `${level}/${index}/${width}`

function positions(bytes: Uint8Array, start: SegmentPosition): SegmentPosition[] {
  const ends: SegmentPosition[] = []
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1))
    ends.push({ segment: start.segment, offset: start.offset + at + 1, index: start.index + ends.length + 1 })
  return ends
}

/** What a copy is kept with. */
export interface MirrorOptions {
  readonly segmentBytes: number
  /** Bytes of entries that are kept, at the time of asking; hashes stay. */
  readonly retainBytes: () => number
}

/** The log of another ledger, as far as it was copied here; in the same form, so that it is verified by the same means. */
export class Mirror {
  readonly #folder: LogFolder
  readonly #options: MirrorOptions
  readonly #packer: SegmentPacker
  readonly #tiles: TileStore
  #tree: TileTree
  #writer: SegmentWriter
  #pending: Pending[]
  /** Partial tiles on disk that the next checkpoint replaces. */
  #partials: readonly Tile[]
  readonly #recent = new Map<number, Uint8Array>()

  private constructor(
    folder: LogFolder,
    options: MirrorOptions,
    state: { tree: TileTree; pending: Pending[]; end: SegmentPosition },
  ) {
    this.#folder = folder
    this.#options = options
    this.#tiles = new TileStore(folder.root)
    this.#packer = new SegmentPacker(folder.segments)
    this.#tree = state.tree
    this.#pending = state.pending
    this.#partials = state.tree.partialTiles()
    this.#writer = new SegmentWriter(folder.segments, state.end, options.segmentBytes)
    for (const { hash, end } of state.pending) this.#remember(end.index - 1, hash)
  }

  /** Opens the copy in a folder, or begins one. Cuts off what a torn write left. */
  static async open(root: string, options: MirrorOptions): Promise<Mirror> {
    const folder = logFolder(root)
    ensurePrivateFolder(root)
    ensurePrivateFolder(folder.segments)
    await finishPacking(folder)
    const snapshot = readSnapshot(folder.snapshot)
    const start = snapshot?.position ?? logStart
    const tree = TileTree.restore(start.index, snapshot?.edges ?? [])
    const reader = new SegmentReader(folder.segments, start)
    const pending: Pending[] = []
    try {
      for (;;) {
        const { lines, state } = await reader.read()
        for (const { bytes, segment, offset, index } of lines)
          pending.push({
            hash: leafHash(bytes),
            end: { segment, offset: offset + bytes.length + 1, index: index + 1 },
          })
        if (lines.length === 0 && state !== 'more') break
      }
      const end = reader.position
      const last = listSegments(folder.segments).at(-1)
      if (last?.first === end.segment && !last.packed && segmentBytes(last) > end.offset)
        truncateSync(last.path, end.offset)
      return new Mirror(folder, options, { tree, pending, end: writeFrom(folder.segments, end) })
    } finally {
      await reader.close()
    }
  }

  /** Entries that are here. */
  get size(): number {
    return this.#writer.position.index
  }

  /** Takes whole lines from entry `first` on; durable when it resolves. */
  async append(first: number, bytes: Uint8Array): Promise<MirrorAnswer> {
    const { index, offset } = this.#writer.position
    if (first > index) return { kind: 'gap', expected: index }
    const hashes = leafHashesOfLines(bytes)
    const known = Math.min(index - first, hashes.length)
    for (let i = 0; i < known; i += 1) {
      const held = this.#recent.get(first + i) ?? this.#verifiedLeaf(first + i)
      const hash = hashes[i]
      if (held === undefined || hash === undefined || !sameHash(held, hash))
        return { kind: 'conflict', why: `entry ${first + i} is here with other bytes` }
    }
    if (known === hashes.length) return { kind: 'taken', size: index }
    if (this.#pending.length + hashes.length > maxUnverified)
      return { kind: 'conflict', why: `${maxUnverified} entries came without a checkpoint over them` }
    const cut =
      known === 0 ? 0 : (positions(bytes, { segment: 0, offset: 0, index: 0 })[known - 1]?.offset ?? 0)
    const fresh = bytes.subarray(cut)
    await this.#writer.append(fresh, hashes.length - known, () => undefined)
    // The writer may have begun a new segment for them.
    const { segment, offset: after } = this.#writer.position
    const start = { segment, offset: after - fresh.length, index: Math.max(index, first + known) }
    if (start.offset < 0) throw new Error(`the position before ${offset} is not known`)
    for (const [i, end] of positions(fresh, start).entries()) {
      const hash = hashes[known + i]
      if (hash === undefined) break
      this.#pending.push({ hash, end })
      this.#remember(end.index - 1, hash)
    }
    return { kind: 'taken', size: this.size }
  }

  /**
   * Checks a signed checkpoint against the entries that are here. `verifierKey` counts only the first time; later keys must follow from it by
   * `changes`, the notes of rotations.
   */
  async checkpoint(
    note: string,
    verifierKey: string,
    changes: readonly string[] = [],
  ): Promise<MirrorAnswer> {
    const parsed = parseNote(note)
    const checkpoint = decodeCheckpoint(parsed.text)
    const key = decodeVerifierKey(this.#keyOf(verifierKey, changes))
    if (!isSignedBy(parsed, key) || checkpoint.origin !== key.name)
      return { kind: 'conflict', why: 'the checkpoint is not signed by the key of this log' }
    if (checkpoint.size > this.size) return { kind: 'gap', expected: this.size }
    if (checkpoint.size < this.#tree.size)
      return {
        kind: 'conflict',
        why: `a checkpoint over ${checkpoint.size} entries after one over ${this.#tree.size}`,
      }
    return await this.#verify(note, checkpoint)
  }

  async #verify(note: string, checkpoint: Checkpoint): Promise<MirrorAnswer> {
    const count = checkpoint.size - this.#tree.size
    const before = { size: this.#tree.size, edges: this.#tree.edges() }
    const covered = this.#pending.slice(0, count)
    for (const { hash } of covered) this.#tree.append(hash)
    if (!sameHash(this.#tree.root(), checkpoint.root)) {
      this.#tree = TileTree.restore(before.size, before.edges)
      return {
        kind: 'conflict',
        why: `the ${checkpoint.size} entries here do not have the root that was signed`,
      }
    }
    const partials = this.#tree.partialTiles()
    await this.#tiles.write([...this.#tree.takeFullTiles(), ...partials])
    writeAtomic(this.#folder.checkpoint, note)
    const position = covered.at(-1)?.end
    if (position !== undefined)
      writeSnapshot(this.#folder.snapshot, { position, edges: this.#tree.edges(), writers: [] })
    const kept = new Set(partials.map(nameOfTile))
    await this.#tiles.removePartials(this.#partials.filter((tile) => !kept.has(nameOfTile(tile))))
    this.#partials = partials
    this.#pending = this.#pending.slice(count)
    dropOldSegments(this.#folder.segments, this.#options.retainBytes(), checkpoint.size)
    return { kind: 'taken', size: checkpoint.size }
  }

  /** See `LedgerLog.packNext`. */
  async packNext(settledBeforeMs: number): Promise<void> {
    await this.#packer.packNext({ signedSize: this.#tree.size, settledBeforeMs })
  }

  /** Hash of an entry that a checkpoint covers, from the tiles. */
  #verifiedLeaf(index: number): Uint8Array | undefined {
    if (index >= this.#tree.size) return undefined
    return tileHashReader(this.#tree.size, (tile) => this.#tiles.read(tile))(0, index)
  }

  #keyOf(offered: string, changes: readonly string[]): string {
    const { verifierKey } = this.#folder
    if (!existsSync(verifierKey)) {
      decodeVerifierKey(offered)
      writeAtomic(verifierKey, `${offered}\n`)
    }
    const known = readFileSync(verifierKey, 'utf8').trim()
    if (known === offered) return known
    for (const note of changes) this.#follow(note)
    return readFileSync(verifierKey, 'utf8').trim()
  }

  /** A rotation from the key that is known leads to the next one. After a revocation somebody must bring the new key by another way. */
  #follow(note: string): void {
    const { verifierKey, root } = this.#folder
    let change: KeyChange
    try {
      change = readKeyChange(note)
    } catch {
      return // what cannot be read proves nothing: the key stays
    }
    const isNext = encodeVerifierKey(change.from) === readFileSync(verifierKey, 'utf8').trim()
    if (!isNext || change.kind !== 'rotate') return
    writeKeyChange(root, note)
    writeAtomic(verifierKey, `${encodeVerifierKey(change.to)}\n`)
  }

  #remember(index: number, hash: Uint8Array): void {
    this.#recent.set(index, hash)
    for (const oldest of this.#recent.keys()) {
      if (this.#recent.size <= maxComparable) break
      this.#recent.delete(oldest)
    }
  }

  close(): Promise<void> {
    return this.#writer.close()
  }
}
