/** One field of a protobuf message: its number and its value as it stands on the wire. */
export type ProtobufField =
  | { readonly number: number; readonly wire: 'varint'; readonly value: bigint }
  | { readonly number: number; readonly wire: 'fixed64' | 'fixed32' | 'bytes'; readonly value: Buffer }

/** Longest varint (protobuf encoding, "Base 128 Varints"), in bytes. */
const maxVarintBytes = 10

function readVarint(bytes: Buffer, at: number): { readonly value: bigint; readonly end: number } {
  let value = 0n
  for (let i = 0; i < maxVarintBytes; i += 1) {
    const byte = bytes[at + i]
    if (byte === undefined) break
    value |= BigInt(byte & 0x7f) << BigInt(7 * i)
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: at + i + 1 }
  }
  throw new SyntaxError('a protobuf number does not end')
}

/**
 * The fields of one message, in order; what they mean is the caller's to know. Nested messages are `bytes`.
 * Source: Protocol Buffers, "Encoding". Throws SyntaxError for what is no message; groups (deprecated) are refused.
 */
export function* readProtobuf(bytes: Buffer): Generator<ProtobufField> {
  let at = 0
  while (at < bytes.length) {
    const tag = readVarint(bytes, at)
    const number = Number(tag.value >> 3n)
    const wireType = Number(tag.value & 7n)
    at = tag.end
    if (wireType === 0) {
      const { value, end } = readVarint(bytes, at)
      yield { number, wire: 'varint', value }
      at = end
      continue
    }
    let length = wireType === 1 ? 8 : 4
    if (wireType === 2) {
      const prefix = readVarint(bytes, at)
      at = prefix.end
      length = prefix.value > BigInt(bytes.length) ? bytes.length + 1 : Number(prefix.value)
    } else if (wireType !== 1 && wireType !== 5) throw new SyntaxError(`protobuf wire type ${wireType}`)
    if (at + length > bytes.length) throw new SyntaxError('a protobuf field is cut')
    const value = bytes.subarray(at, at + length)
    yield { number, wire: wireType === 2 ? 'bytes' : wireType === 1 ? 'fixed64' : 'fixed32', value }
    at += length
  }
}
