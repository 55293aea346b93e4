import type { Buffer } from 'node:buffer'
import { hasBody, noLength } from '../http/request-head.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { UpstreamWriter } from '../upstream/upstream-listener.ts'
import type { BodyHold } from './body-hold.ts'
import { forwardHead } from './forward-head.ts'
import type { ForwardFacts } from './forward-head.ts'

/** How far a request is sent. */
export interface Forwarded {
  /** True when nothing of it is left to send. */
  readonly whole: boolean
  /** False: wait for the upstream to take more. */
  readonly drained: boolean
}

/** Sends a request, with what is here of its body. Hot. */
export function forwardRequest(
  connection: UpstreamWriter,
  head: RequestHead,
  { hold, facts }: { readonly hold: BodyHold | null; readonly facts: ForwardFacts },
): Forwarded {
  const whole = !hasBody(head) || hold?.complete === true
  const chunked = head.chunked && !whole
  const length = chunked ? noLength : head.chunked ? (hold?.bytes ?? 0) : head.contentLength
  const text = forwardHead(head, { length, chunked }, facts)
  const piece = hold === null ? null : hold.join()
  const { method, upgrade } = head
  if (!chunked || piece === null)
    return { whole, drained: connection.send(method, upgrade, text, piece, whole) }
  connection.send(method, upgrade, text, null, false)
  return { whole, drained: forwardChunk(connection, piece) }
}

/** Sends a piece of a body of unknown length; true when the upstream takes more. */
export function forwardChunk(connection: UpstreamWriter, piece: Buffer): boolean {
  return connection.write(`${piece.length.toString(16)}\r\n`, piece, '\r\n', false)
}
