import { Buffer } from 'node:buffer'

/** Parts of a ClientHello that a test chooses. */
export interface HelloParts {
  readonly version?: number
  readonly ciphers: readonly number[]
  /** Extensions in order; bodies of those with known content are made from the further parts. */
  readonly extensions: readonly number[]
  readonly versions?: readonly number[]
  readonly signatureAlgorithms?: readonly number[]
  readonly alpn?: readonly string[]
  readonly serverName?: string
}

function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255])
}

function vector(size: 1 | 2 | 3, body: Buffer): Buffer {
  const length = Buffer.alloc(size)
  length.writeUIntBE(body.length, 0, size)
  return Buffer.concat([length, body])
}

function list(values: readonly number[]): Buffer {
  return Buffer.concat(values.map(u16))
}

function bodyOf(type: number, parts: HelloParts): Buffer {
  if (type === 0) {
    if (parts.serverName === undefined) return Buffer.alloc(0)
    const name = Buffer.concat([Buffer.from([0]), vector(2, Buffer.from(parts.serverName, 'latin1'))])
    return vector(2, name)
  }
  if (type === 13) return vector(2, list(parts.signatureAlgorithms ?? []))
  if (type === 16) {
    return vector(2, Buffer.concat((parts.alpn ?? []).map((one) => vector(1, Buffer.from(one, 'latin1')))))
  }
  if (type === 43) return vector(1, list(parts.versions ?? []))
  return Buffer.alloc(0)
}

/** The handshake message without records. */
export function makeHandshake(parts: HelloParts): Buffer {
  const extensions = parts.extensions.map((type) =>
    Buffer.concat([u16(type), vector(2, bodyOf(type, parts))]),
  )
  const body = Buffer.concat([
    u16(parts.version ?? 0x0303),
    Buffer.alloc(32, 7),
    vector(1, Buffer.alloc(0)),
    vector(2, list(parts.ciphers)),
    vector(1, Buffer.from([0])),
    vector(2, Buffer.concat(extensions)),
  ])
  return Buffer.concat([Buffer.from([1]), vector(3, body)])
}

/** The message in records of at most `recordSize` bytes. */
export function makeClientHello(parts: HelloParts, recordSize = 16_384): Buffer {
  const message = makeHandshake(parts)
  const records: Buffer[] = []
  for (let at = 0; at < message.length; at += recordSize) {
    const piece = message.subarray(at, at + recordSize)
    records.push(Buffer.concat([Buffer.from([0x16, 3, 1]), vector(2, piece)]))
  }
  return Buffer.concat(records)
}
