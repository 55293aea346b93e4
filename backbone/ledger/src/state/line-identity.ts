import { isJsonObject, maxIdentityLength } from '@sevenfold/event'
import type { Lane } from '@sevenfold/event'

/** Who wrote a line and at which place of its lane. */
export interface LineIdentity {
  readonly agent: string
  readonly epoch: string
  readonly lane: Lane
  readonly sequence: number
}

/**
 * The identity in an event's line, undefined when the line is not an event. Only these four fields are read:
 * the receiver has checked the rest before the line came into the log.
 */
export function identityOfLine(bytes: Uint8Array): LineIdentity | undefined {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
  } catch {
    return undefined
  }
  if (!isJsonObject(value)) return undefined
  const { agent, event, sevenfold } = value
  if (!isJsonObject(agent) || !isJsonObject(event) || !isJsonObject(sevenfold)) return undefined
  const { id, ephemeral_id: epoch } = agent
  const { sequence } = event
  const { lane } = sevenfold
  if (typeof id !== 'string' || id === '' || id.length > maxIdentityLength) return undefined
  if (typeof epoch !== 'string' || epoch === '' || epoch.length > maxIdentityLength) return undefined
  if (lane !== 'high' && lane !== 'low') return undefined
  if (typeof sequence !== 'number' || !Number.isSafeInteger(sequence) || sequence < 1) return undefined
  return { agent: id, epoch, lane, sequence }
}
