import type { Lane } from '../event/event.ts'

/** Path of the batch endpoint, over a Unix socket or mTLS. */
export const batchPath = '/v1/batches'

/** Limits of one batch. A receiver refuses more with 413; a sender never makes more. */
export const batchLimits = {
  /** Bytes of the gzip body. */
  maxCompressedBytes: 4_194_304,
  /** Bytes after decompression. */
  maxBytes: 16_777_216,
  maxLines: 20_000,
  maxBlocks: 256,
} as const

/**
 * Headers of `POST /v1/batches`. The body is gzip NDJSON: whole blocks of one lane of one epoch, in order.
 * `Sevenfold-Blocks` lists the number of lines of each block, so that the receiver computes the same chain hash
 * as the sender's heartbeat; `Sevenfold-Signature` is Ed25519 over `batchSigningText`.
 */
export interface BatchHeaders {
  readonly agent: string
  readonly epoch: string
  readonly lane: Lane
  /** Sequence of the first line. */
  readonly first: number
  readonly blocks: readonly number[]
  /** Key id: first 16 hex digits of SHA-256 over the raw 32-byte public key. */
  readonly key: string
  /** Base64 of 64 bytes. */
  readonly signature: string
}

/** Wire names of the batch headers, lower case. */
export const batchHeaderNames = {
  agent: 'sevenfold-agent',
  epoch: 'sevenfold-epoch',
  lane: 'sevenfold-lane',
  first: 'sevenfold-first',
  blocks: 'sevenfold-blocks',
  key: 'sevenfold-key',
  signature: 'sevenfold-signature',
} as const

/** 200: everything up to and including `through` is on the receiver's disk. */
export interface BatchAccepted {
  readonly through: number
}

/** 409: the receiver wants sequence `expected` next. */
export interface BatchGap {
  readonly expected: number
}

/**
 * The text that a batch signature covers.
 * @param bodySha256 lower-case hex SHA-256 of the body as sent (compressed).
 */
export function batchSigningText(
  headers: Omit<BatchHeaders, 'signature' | 'key'>,
  bodySha256: string,
): string {
  return [
    'sevenfold-batch/1',
    headers.agent,
    headers.epoch,
    headers.lane,
    String(headers.first),
    headers.blocks.join(','),
    bodySha256,
    '',
  ].join('\n')
}
