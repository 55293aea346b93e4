import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { batchHeaderNames, batchPath, batchSigningText } from '@sevenfold/event'
import type { PartKeys } from '../keys/keys.ts'
import type { SpoolBatch } from '../spool/spool.ts'
import type { SocketPost } from './socket-client.ts'

const compress = promisify(gzip)

/**
 * Header of a batch that starts after a gap which the sender cannot fill any more: the chain hash before its first
 * block, hex. It is not signed; the next heartbeat, which is, proves it.
 */
export const afterGapHeader = 'sevenfold-after-gap'

/** The signed request for one batch; gzip level 1 (the bytes stay on one host or cross a fast link). */
export async function batchRequest(agent: string, batch: SpoolBatch, keys: PartKeys): Promise<SocketPost> {
  const body = await compress(batch.body, { level: 1 })
  const { epoch, lane, first, blocks } = batch
  const digest = createHash('sha256').update(body).digest('hex')
  return {
    path: batchPath,
    body,
    headers: {
      'content-type': 'application/x-ndjson',
      'content-encoding': 'gzip',
      [batchHeaderNames.agent]: agent,
      [batchHeaderNames.epoch]: epoch,
      [batchHeaderNames.lane]: lane,
      [batchHeaderNames.first]: String(first),
      [batchHeaderNames.blocks]: blocks.join(','),
      [batchHeaderNames.key]: keys.keyId,
      [batchHeaderNames.signature]: keys.sign(
        batchSigningText({ agent, epoch, lane, first, blocks }, digest),
      ),
      ...(batch.afterGap ? { [afterGapHeader]: batch.previous } : {}),
    },
  }
}
