import { heartbeatContext } from '@sevenfold/event'
import type { HeartbeatBody, SignedHeartbeat } from '@sevenfold/event'
import type { PartKeys } from '../keys/keys.ts'

/** A heartbeat as it goes onto the wire: the signature covers the context line and the body's exact text. */
export function signHeartbeat(body: HeartbeatBody, keys: PartKeys): SignedHeartbeat {
  const text = JSON.stringify(body)
  return { body: text, key: keys.keyId, signature: keys.sign(`${heartbeatContext}\n${text}`) }
}
