import type { Lane, LaneHead } from '@sevenfold/event'

/** Block ends of a lane whose hashes are remembered, to tell duplicates from conflicts and to check heartbeats. */
export const maxBoundaries = 1024
/** Heads from heartbeats that wait for their blocks. */
export const maxPendingHeads = 32

/** Where a receiver stands in one lane of one epoch. */
export interface LaneTrack {
  readonly lane: Lane
  /** Last durable sequence. */
  sequence: number
  /** Chain hash after it, hex; empty while unknown. */
  hash: string
  /** Hash at block ends, oldest first. */
  readonly boundaries: Map<number, string>
  /** From here on every block end is in `boundaries`; before it only ends of batches are. */
  completeFrom: number
  /** Heads that heartbeats claimed and that were not reached yet. */
  pendingHeads: LaneHead[]
  /** Highest head that any heartbeat of this epoch claimed. */
  claimed: number
}

/** A lane that nothing was received of; `hash` is its seed. */
export function createLaneTrack(lane: Lane, hash: string): LaneTrack {
  return {
    lane,
    sequence: 0,
    hash,
    boundaries: new Map([[0, hash]]),
    completeFrom: 0,
    pendingHeads: [],
    claimed: 0,
  }
}

/** Moves the lane on and remembers the hash at the block's end. */
export function passBoundary(track: LaneTrack, sequence: number, hash: string): void {
  track.sequence = sequence
  track.hash = hash
  if (hash === '') return
  track.boundaries.set(sequence, hash)
  if (track.boundaries.size <= maxBoundaries) return
  for (const oldest of track.boundaries.keys()) {
    if (track.boundaries.size > maxBoundaries) track.boundaries.delete(oldest)
    else {
      track.completeFrom = Math.max(track.completeFrom, oldest)
      return
    }
  }
}

/**
 * True when a block that was received before is not the one that comes now: another hash at its end, or an end where
 * no block ended. Writers never divide their blocks anew. Empty hashes are unknown and prove nothing.
 */
export function differs(
  track: LaneTrack,
  block: { readonly before: number; readonly end: number; readonly hash: string },
): boolean {
  if (block.end > track.sequence || block.hash === '') return false
  const known = track.boundaries.get(block.end)
  if (known !== undefined) return known !== block.hash
  return block.before >= track.completeFrom && track.boundaries.has(block.before)
}

/** Result of comparing a signed head with what was received. */
export type HeadCheck = 'equal' | 'mismatch' | 'waiting' | 'unknown' | 'adopted'

/** Compares a signed head with the lane. An unknown hash at the same place is adopted: the head is signed. */
export function checkHead(track: LaneTrack, head: LaneHead): HeadCheck {
  if (head.sequence > track.sequence) {
    track.pendingHeads.push(head)
    if (track.pendingHeads.length > maxPendingHeads) track.pendingHeads.shift()
    return 'waiting'
  }
  const known = track.boundaries.get(head.sequence)
  if (known !== undefined) return known === head.hash ? 'equal' : 'mismatch'
  if (head.sequence !== track.sequence || track.hash !== '') return 'unknown'
  passBoundary(track, head.sequence, head.hash)
  return 'adopted'
}

/** Checks the heads that were waiting for blocks which are here now. */
export function checkPendingHeads(
  track: LaneTrack,
): { readonly head: LaneHead; readonly check: HeadCheck }[] {
  const reached = track.pendingHeads.filter(({ sequence }) => sequence <= track.sequence)
  if (reached.length === 0) return []
  track.pendingHeads = track.pendingHeads.filter(({ sequence }) => sequence > track.sequence)
  return reached.map((head) => ({ head, check: checkHead(track, head) }))
}
