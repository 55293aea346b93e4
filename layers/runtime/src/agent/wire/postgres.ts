// PostgreSQL frontend messages: https://www.postgresql.org/docs/current/protocol-message-formats.html

const protocol3 = 196_608
const sslRequest = 80_877_103
const gssRequest = 80_877_104
const query = 0x51
const parse = 0x50

/** A 32-bit number in network order; read by hand, because every message to the server passes here. */
function numberAt(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] ?? 0) << 24) |
    ((bytes[at + 1] ?? 0) << 16) |
    ((bytes[at + 2] ?? 0) << 8) |
    (bytes[at + 3] ?? 0)
  )
}

/** True for the first message of a connection: a startup, or the question whether to encrypt. */
export function isPostgresStartup(chunk: Uint8Array): boolean {
  if (chunk.length < 8) return false
  const code = numberAt(chunk, 4)
  return (
    numberAt(chunk, 0) === chunk.length && (code === protocol3 || code === sslRequest || code === gssRequest)
  )
}

/** The text of a statement. */
export function textBetween(chunk: Uint8Array, start: number, end: number): string {
  if (chunk instanceof Buffer) return chunk.toString('utf8', start, Math.max(start, end))
  return Buffer.from(chunk.buffer, chunk.byteOffset + start, Math.max(0, end - start)).toString('utf8')
}

function message(type: number, parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 4)
  const head = Buffer.alloc(5)
  head[0] = type
  head.writeInt32BE(length, 1)
  return Buffer.concat([head, ...parts])
}

/** Where the text of a statement stands in a message, without its closing zero byte; undefined when it has none. */
interface TextPlace {
  readonly from: number
  readonly to: number
}

function placeOfText(chunk: Uint8Array, start: number, end: number): TextPlace | undefined {
  const type = chunk[start]
  const from = start + 5
  if (type === query) return { from, to: end - 1 }
  if (type !== parse) return undefined
  const name = chunk.indexOf(0, from)
  const close = name < 0 ? -1 : chunk.indexOf(0, name + 1)
  return close < 0 || close >= end ? undefined : { from: name + 1, to: close }
}

/** The message with another statement in place of its own. */
function withText(chunk: Uint8Array, at: readonly [start: number, end: number], text: string): Uint8Array {
  const [start, end] = at
  const place = placeOfText(chunk, start, end)
  const from = start + 5
  return message(chunk[start] ?? query, [
    chunk.subarray(from, place?.from ?? from),
    Buffer.from(`${text}\0`),
    chunk.subarray((place?.to ?? end) + 1, end),
  ])
}

/**
 * Replaces refused statements in a chunk of frontend messages; asked where in the chunk a text stands. A message that is not whole in the chunk, and what
 * follows it, passes as it is. Gives the chunk itself when nothing is refused.
 */
export function rewritePostgres(
  chunk: Uint8Array,
  isRefused: (chunk: Uint8Array, start: number, end: number) => boolean,
  replacement: string,
): Uint8Array {
  let parts: Uint8Array[] | undefined
  let kept = 0
  let at = 0
  while (at + 5 <= chunk.length) {
    const end = at + 1 + numberAt(chunk, at + 1)
    if (end <= at + 4 || end > chunk.length) break
    const place = placeOfText(chunk, at, end)
    if (place !== undefined && isRefused(chunk, place.from, place.to)) {
      parts ??= []
      parts.push(chunk.subarray(kept, at), withText(chunk, [at, end], replacement))
      kept = end
    }
    at = end
  }
  return parts === undefined ? chunk : Buffer.concat([...parts, chunk.subarray(kept)])
}
