import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import { writeAtomic } from '@sevenfold/layer'
import type { SegmentPosition } from '../segments/segment-reader.ts'
import type { WriterEntry } from './writer-positions.ts'

/**
 * State of the log at one checkpoint: where its lines end, the right edge of its tree, and each writer's position.
 * Everything in it can be computed again from segments and tiles; it only saves reading them all at a start.
 */
export interface Snapshot {
  readonly position: SegmentPosition
  /** Hashes at the right edge of each tile level, level 0 first. */
  readonly edges: readonly Uint8Array[]
  readonly writers: readonly WriterEntry[]
}

const limits = {
  maxTextLength: 64 * 1024 * 1024,
  maxDepth: 4,
  maxNodes: 1_000_000,
  maxStringLength: 20_000,
}

function digestOf(body: string): string {
  return createHash('sha256').update(body).digest('hex')
}

/** Writes a snapshot: its digest on the first line, JSON on the second. Atomic and durable. */
export function writeSnapshot(path: string, snapshot: Snapshot): void {
  const body = JSON.stringify({
    v: 1,
    position: snapshot.position,
    edges: snapshot.edges.map((edge) => Buffer.from(edge).toString('base64')),
    writers: snapshot.writers,
  })
  writeAtomic(path, `${digestOf(body)}\n${body}\n`)
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function readWriters(value: unknown): WriterEntry[] | undefined {
  if (!Array.isArray(value)) return undefined
  const writers: WriterEntry[] = []
  for (const item of value) {
    if (!Array.isArray(item)) return undefined
    const [key, sequence, hash]: unknown[] = item
    if (typeof key !== 'string' || !isNumber(sequence) || typeof hash !== 'string') return undefined
    writers.push([key, sequence, hash])
  }
  return writers
}

/** The snapshot in a file; undefined when it is missing, damaged or of another version: then it is computed anew. */
export function readSnapshot(path: string): Snapshot | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
  const [digest = '', body = ''] = text.split('\n')
  if (digestOf(body) !== digest) return undefined
  const parsed = parseBoundedJson(body, limits)
  if (!parsed.ok || !isJsonObject(parsed.value) || parsed.value['v'] !== 1) return undefined
  const { position, edges, writers } = parsed.value
  const readers = readWriters(writers)
  if (!isJsonObject(position) || !Array.isArray(edges) || readers === undefined) return undefined
  const { segment, offset, index } = position
  if (!isNumber(segment) || !isNumber(offset) || !isNumber(index)) return undefined
  const hashes = edges.map((edge) => Buffer.from(typeof edge === 'string' ? edge : '', 'base64'))
  return { position: { segment, offset, index }, edges: hashes, writers: readers }
}
