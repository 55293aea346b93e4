import { decodeEvent } from '@sevenfold/event'
import type { EventDraft } from '@sevenfold/event'
import type { LaneStore } from './lane-store.ts'
import { readBlocks } from './read-blocks.ts'

/** Most bytes that get a new identity after a lost tail. */
export const maxResealedBytes = 16_777_216

/** The events of a lane after a sequence, as drafts without identity, oldest first, at most `maxResealedBytes`. */
export async function linesAfter(store: LaneStore, sequence: number): Promise<EventDraft[]> {
  const drafts: EventDraft[] = []
  let after = sequence
  let bytes = 0
  for (const segment of store.segments.slice()) {
    for (;;) {
      if (segment.last <= after || bytes > maxResealedBytes) break
      const limits = { maxBytes: 1_048_576, maxLines: 100_000, maxBlocks: 10_000 }
      const { path, first, bytes: size } = segment
      const result = await readBlocks({
        path,
        first,
        bytes: size,
        after,
        ...limits,
        cursor: undefined,
        verify: true,
      })
      if (result.kind !== 'run') break
      after = result.run.last
      bytes += result.run.body.length
      for (const line of Buffer.from(result.run.body).toString().split('\n')) {
        const decoded = decodeEvent(line)
        // The epoch event belongs to its own epoch; everything else is true in the new one too.
        if (decoded.ok && decoded.value.sevenfold.kind !== 'epoch') drafts.push(decoded.value)
      }
    }
  }
  return drafts
}
