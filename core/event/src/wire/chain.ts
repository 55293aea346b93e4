import { createHash } from 'node:crypto'
import type { Lane } from '../event/event.ts'

/**
 * The hash before the first block of an epoch: SHA-256 over `sevenfold-chain/1`, agent, epoch and lane, each ended
 * by a newline, so that chains of different writers never join.
 */
export function chainSeed(agent: string, epoch: string, lane: Lane): Uint8Array {
  return createHash('sha256').update(`sevenfold-chain/1\n${agent}\n${epoch}\n${lane}\n`).digest()
}

/** The hash after a block: SHA-256 over the previous hash (32 bytes) and the block's bytes (lines with newlines). */
export function chainNext(previous: Uint8Array, block: Uint8Array): Uint8Array {
  return createHash('sha256').update(previous).update(block).digest()
}
