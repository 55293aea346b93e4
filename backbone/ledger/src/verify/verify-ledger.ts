import { existsSync, readFileSync } from 'node:fs'
import {
  TileTree,
  decodeCheckpoint,
  decodeVerifierKey,
  encodeVerifierKey,
  isSignedBy,
  leafHash,
  parseNote,
  sameHash,
  tileHashReader,
  treeRoot,
} from '@sevenfold/merkle'
import type { Checkpoint, Tile } from '@sevenfold/merkle'
import { followKeys, readKeyHistory } from '../keys/key-history.ts'
import type { KeyChain } from '../keys/key-history.ts'
import { logFolder } from '../log/log-folder.ts'
import type { LogFolder } from '../log/log-folder.ts'
import { TileStore } from '../log/tile-store.ts'
import { listSegments, segmentBytes } from '../segments/segment-name.ts'
import { SegmentReader, oldestPosition } from '../segments/segment-reader.ts'
import type { SegmentPosition } from '../segments/segment-reader.ts'
import { SequenceCheck } from './sequence-check.ts'
import type { LedgerProblem } from './ledger-problem.ts'

/** What a verifier knows from elsewhere. */
export interface VerifyOptions {
  /**
   * A verifier key of the log (`name+id+base64`), kept where the ledger's administrator cannot change it; one that was rotated since leads to
   * its successors. Default: the one beside the log.
   */
  readonly verifierKey?: string
  /** Checkpoints seen earlier, as signed notes: the log must still contain each of them. */
  readonly seen?: readonly string[]
  /** Called about once for 10,000 entries. */
  readonly onProgress?: (entries: number) => void
  readonly signal?: AbortSignal
}

/** What `verifyLedger` found. */
export interface LedgerReport {
  readonly ok: boolean
  readonly origin: string
  /** Entries that the newest checkpoint signs. */
  readonly signedSize: number
  /** Entries found, with those after the checkpoint. */
  readonly entries: number
  /** Index of the oldest entry whose text is still there; hashes of older ones were checked through tiles. */
  readonly oldest: number
  /** First `maxProblems` problems in order of entries. */
  readonly problems: readonly LedgerProblem[]
}

/** A report lists at most this many problems; one edit shows up once, not once an entry. */
export const maxProblems = 100
const progressEvery = 10_000

interface Run {
  readonly folder: LogFolder
  readonly options: VerifyOptions
  readonly tiles: TileStore
  readonly problems: LedgerProblem[]
  readonly keys: KeyChain | undefined
  readonly signed: Checkpoint | undefined
}

function add(run: Pick<Run, 'problems'>, problem: LedgerProblem): void {
  if (run.problems.length < maxProblems) run.problems.push(problem)
}

function loadKeys(
  folder: LogFolder,
  options: VerifyOptions,
  problems: LedgerProblem[],
): KeyChain | undefined {
  try {
    const beside = existsSync(folder.verifierKey) ? readFileSync(folder.verifierKey, 'utf8').trim() : ''
    const trusted = decodeVerifierKey(options.verifierKey ?? beside)
    const followed = followKeys(trusted, readKeyHistory(folder.root))
    if (followed?.revoked !== undefined) {
      const { size, time, reason } = followed.revoked
      const message = `the key given was revoked at entry ${size} (${time}: ${reason}): ask for the new one by another way`
      problems.push({ code: 'key-revoked', message })
    }
    const { key } = followed?.chain ?? { key: trusted }
    if (beside !== '' && beside !== encodeVerifierKey(key))
      problems.push({ code: 'key-changed', message: 'the key beside the log is not the one given' })
    return followed?.chain ?? { key: trusted, keys: [trusted], mostEntries: () => Number.MAX_SAFE_INTEGER }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    problems.push({ code: 'key-unusable', message: `the log's verifier key cannot be used: ${why}` })
    return undefined
  }
}

/** The checkpoint in a note that a key of the log signed while it was the key, or the reason why there is none. */
function openNote(note: string, keys: KeyChain | undefined): Checkpoint | string {
  try {
    const parsed = parseNote(note)
    const checkpoint = decodeCheckpoint(parsed.text)
    if (keys === undefined) return checkpoint
    const signer = keys.keys.find((key) => isSignedBy(parsed, key))
    if (signer === undefined) return 'is not signed by the key of the log'
    if (checkpoint.size > (keys.mostEntries(signer) ?? 0))
      return 'is signed by a key that was no longer that of the log'
    return checkpoint.origin === signer.name ? checkpoint : `is one of ${checkpoint.origin}`
  } catch (error) {
    return `is malformed: ${error instanceof Error ? error.message : String(error)}`
  }
}

function loadCheckpoint(
  folder: LogFolder,
  keys: KeyChain | undefined,
  problems: LedgerProblem[],
): Checkpoint | undefined {
  if (!existsSync(folder.checkpoint)) {
    if (listSegments(folder.segments).length > 0)
      problems.push({ code: 'checkpoint-missing', message: 'there are entries and no checkpoint' })
    return undefined
  }
  const opened = openNote(readFileSync(folder.checkpoint, 'utf8'), keys)
  if (typeof opened !== 'string') return opened
  problems.push({ code: 'checkpoint-invalid', message: `the checkpoint ${opened}` })
  return undefined
}

/** Compares a tile made from the segments with the stored one; the first difference names the entry. */
function compareTile(run: Run, tile: Tile): void {
  const stored = run.tiles.read(tile)
  if (stored === undefined) {
    add(run, { code: 'tile-missing', message: `tile ${tile.level}/${tile.index} is missing` })
    return
  }
  const at = tile.bytes.findIndex((byte, i) => byte !== stored[i])
  if (at < 0) return
  const entry = tile.index * 256 + Math.floor(at / 32)
  add(
    run,
    tile.level === 0
      ? { code: 'entry-changed', entry, message: `entry ${entry} is not the one that was integrated` }
      : {
          code: 'tile-changed',
          message: `tile ${tile.level}/${tile.index} does not follow from the entries`,
        },
  )
}

/** Reads all segments; returns the tree over every entry. */
async function readEntries(run: Run): Promise<TileTree> {
  const start = oldestPosition(run.folder.segments)
  const tree = run.tiles.restore(start.index) ?? new TileTree()
  if (tree.size !== start.index) {
    add(run, {
      code: 'tile-missing',
      message: `tiles for the ${start.index} entries dropped by retention are missing`,
    })
    return tree
  }
  const reader = new SegmentReader(run.folder.segments, start)
  const sequences = new SequenceCheck((problem) => add(run, problem))
  try {
    for (;;) {
      run.options.signal?.throwIfAborted()
      const { lines, state } = await reader.read()
      for (const line of lines) {
        takeEntry(run, tree, line.bytes)
        sequences.take(line.index, line.bytes)
      }
      if (lines.length > 0 || state === 'more') continue
      if (state === 'damaged') addDamage(run, reader.position)
      break
    }
  } finally {
    await reader.close()
  }
  sequences.finish()
  checkRest(run, reader.position.segment, tree.size)
  return tree
}

function addDamage(run: Run, { segment, index }: SegmentPosition): void {
  const message = `segment ${segment} cannot be read from entry ${index} on`
  add(run, { code: 'segment-damaged', entry: index, message })
}

function takeEntry(run: Run, tree: TileTree, bytes: Uint8Array): void {
  tree.append(leafHash(bytes))
  for (const tile of tree.takeFullTiles()) {
    // Tiles beyond the checkpoint are not written yet when the log is live.
    const covered = (tile.index + 1) * 256 ** (tile.level + 1)
    if (covered <= (run.signed?.size ?? 0)) compareTile(run, tile)
  }
  if (run.signed !== undefined && tree.size === run.signed.size) checkSigned(run, tree, run.signed)
  if (tree.size % progressEvery === 0) run.options.onProgress?.(tree.size)
}

function checkSigned(run: Run, tree: TileTree, signed: Checkpoint): void {
  for (const tile of tree.partialTiles()) compareTile(run, tile)
  if (sameHash(tree.root(), signed.root)) return
  add(run, {
    code: 'root-mismatch',
    message: `the ${signed.size} entries do not have the root that was signed`,
  })
}

/** Segments that reading did not reach, and bytes after the last whole line of a closed segment. */
function checkRest(run: Run, reached: number, entries: number): void {
  const beyond = listSegments(run.folder.segments).find((segment) => segment.first > reached)
  if (beyond === undefined) return
  const message = `segment ${beyond.first} does not follow on entry ${entries - 1} (${segmentBytes(beyond)} bytes)`
  add(run, { code: 'segment-gap', entry: entries, message })
}

function checkSeen(run: Run, size: number): void {
  const read = tileHashReader(run.signed?.size ?? 0, (tile) => run.tiles.read(tile))
  for (const note of run.options.seen ?? []) {
    const seen = openNote(note, run.keys)
    if (typeof seen === 'string') {
      add(run, { code: 'seen-invalid', message: `a checkpoint seen earlier ${seen}` })
    } else if (run.signed === undefined || seen.size > run.signed.size || seen.size > size) {
      add(run, { code: 'rolled-back', message: `a checkpoint over ${seen.size} entries was seen earlier` })
    } else if (!hasRoot(() => treeRoot(read, seen.size), seen.root)) {
      add(run, {
        code: 'forked',
        message: `the log is not the one whose ${seen.size} entries were seen earlier`,
      })
    }
  }
}

/** What each change of the key says of the entries below it. */
function checkKeyChanges(run: Run, size: number): void {
  if (run.keys === undefined) return
  const read = tileHashReader(run.signed?.size ?? 0, (tile) => run.tiles.read(tile))
  for (const change of readKeyHistory(run.folder.root)) {
    const root = new Uint8Array(Buffer.from(change.root, 'base64'))
    if (change.size <= size && hasRoot(() => treeRoot(read, change.size), root)) continue
    const message = `the log is not the one whose ${change.size} entries stood below its key at ${change.time}`
    add(run, { code: 'forked', message })
  }
}

function hasRoot(compute: () => Uint8Array, root: Uint8Array): boolean {
  try {
    return sameHash(compute(), root)
  } catch {
    // A tile is missing: what cannot be shown does not hold.
    return false
  }
}

/**
 * Reads a whole log and checks it against its newest checkpoint, its tiles and checkpoints seen earlier. Read-only;
 * the ledger may be running. Finds edited, dropped, reordered, inserted and truncated entries, forged sequences,
 * a rolled-back or forked log (with `seen`) and a changed key (with `verifierKey`).
 * Throws only what the file system throws, or when aborted.
 */
export async function verifyLedger(folder: string, options: VerifyOptions = {}): Promise<LedgerReport> {
  const paths = logFolder(folder)
  const problems: LedgerProblem[] = []
  const keys = loadKeys(paths, options, problems)
  const signed = loadCheckpoint(paths, keys, problems)
  const run: Run = { folder: paths, options, tiles: new TileStore(folder), problems, keys, signed }
  const oldest = oldestPosition(paths.segments).index
  const tree = await readEntries(run)
  if (signed !== undefined && tree.size < signed.size) {
    const message = `${signed.size - tree.size} signed entries are missing at the end`
    add(run, { code: 'truncated', entry: tree.size, message })
  }
  checkSeen(run, tree.size)
  checkKeyChanges(run, tree.size)
  return {
    ok: problems.length === 0,
    origin: keys?.key.name ?? signed?.origin ?? '',
    signedSize: signed?.size ?? 0,
    entries: tree.size,
    oldest,
    problems,
  }
}
