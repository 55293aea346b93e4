import { decodeEvent } from '@sevenfold/event'
import type { BatchHeaders, SevenfoldEvent } from '@sevenfold/event'
import { allowsDataset } from '../keys/registry.ts'
import type { RegisteredAgent } from '../keys/registry.ts'

/** A line that may enter, or why not. */
export type LineCheck =
  | { readonly ok: true; readonly event: SevenfoldEvent }
  | { readonly ok: false; readonly kind: 'bad-event' | 'foreign-dataset'; readonly why: string }

function bad(why: string): LineCheck {
  return { ok: false, kind: 'bad-event', why }
}

/**
 * Checks one line of a batch: decodable, and everything that says whose it is equals what the key and the headers
 * say. Layer and datasets come from the key, never from the event.
 */
export function checkLine(
  line: string | undefined,
  expected: { readonly headers: BatchHeaders; readonly sequence: number; readonly owner: RegisteredAgent },
): LineCheck {
  if (line === undefined) return bad('no UTF-8')
  const decoded = decodeEvent(line)
  if (!decoded.ok) return bad(`${decoded.code} ${decoded.path}`)
  const event = decoded.value
  const { headers, sequence, owner } = expected
  if (event.agent.id !== headers.agent) return bad('agent.id is not the sender')
  if (event.agent.ephemeral_id !== headers.epoch) return bad('agent.ephemeral_id is not the epoch')
  if (event.sevenfold.lane !== headers.lane) return bad('sevenfold.lane is not the lane')
  if (event.event.sequence !== sequence) return bad('event.sequence is not its place')
  if (event.sevenfold.layer !== owner.part)
    return {
      ok: false,
      kind: 'foreign-dataset',
      why: `layer ${event.sevenfold.layer} with a key of ${owner.part}`,
    }
  // A host speaks for itself alone; what it forwards of others has their name elsewhere.
  if (owner.host !== undefined && event.host?.name !== owner.host) return bad('host.name is not the host')
  if (!allowsDataset(owner.datasets, event.event.dataset))
    return { ok: false, kind: 'foreign-dataset', why: `dataset ${event.event.dataset}` }
  return { ok: true, event }
}
