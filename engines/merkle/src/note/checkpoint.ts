import { MerkleError } from '../merkle-error.ts'
import { hashSize } from '../tree/hash.ts'

/** State of a log at one moment. C2SP tlog-checkpoint. */
export interface Checkpoint {
  /** Name of the log; also the name of its key. */
  readonly origin: string
  readonly size: number
  readonly root: Uint8Array
  /** Lines after the root; usually none. */
  readonly extensions: readonly string[]
}

/** The note text of a checkpoint. Throws `MERKLE_BAD_NOTE` for empty lines and wrong hashes. */
export function encodeCheckpoint(checkpoint: Checkpoint): string {
  const { origin, size, root, extensions } = checkpoint
  const lines = [origin, String(size), Buffer.from(root).toString('base64'), ...extensions]
  if (!Number.isSafeInteger(size) || size < 0 || root.length !== hashSize) {
    throw new MerkleError('MERKLE_BAD_NOTE', 'a checkpoint has a size and a root of 32 bytes')
  }
  if (lines.some((line) => line === '' || line.includes('\n'))) {
    throw new MerkleError('MERKLE_BAD_NOTE', 'no line of a checkpoint is empty')
  }
  return `${lines.join('\n')}\n`
}

/** The checkpoint in a note's text. Throws `MERKLE_BAD_NOTE`; accepts only what `encodeCheckpoint` makes. */
export function decodeCheckpoint(text: string): Checkpoint {
  const [origin = '', size = '', root = '', ...extensions] = text.endsWith('\n')
    ? text.slice(0, -1).split('\n')
    : []
  const hash = Buffer.from(root, 'base64')
  const isCanonical = /^(?:0|[1-9]\d{0,15})$/.test(size) && hash.toString('base64') === root
  if (origin === '' || !isCanonical || hash.length !== hashSize || extensions.includes('')) {
    throw new MerkleError('MERKLE_BAD_NOTE', 'not a checkpoint: origin, size and root, one a line')
  }
  return { origin, size: Number(size), root: Uint8Array.from(hash), extensions }
}
