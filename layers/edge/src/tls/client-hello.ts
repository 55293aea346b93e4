import { Buffer } from 'node:buffer'

/** What a ClientHello says, as far as routing and fingerprinting need it. Numbers as on the wire, GREASE included. */
export interface ClientHello {
  /** `legacy_version` of the handshake message. */
  readonly version: number
  readonly ciphers: readonly number[]
  readonly extensions: readonly number[]
  /** Of `supported_versions`; empty when absent. */
  readonly versions: readonly number[]
  readonly signatureAlgorithms: readonly number[]
  /** First protocol of ALPN as a byte string; empty when absent. */
  readonly alpn: string
  /** Lower-case host name of SNI; empty when absent or malformed. */
  readonly serverName: string
  /** True when the SNI extension is there, whatever it holds. */
  readonly hasServerName: boolean
}

/** Longest ClientHello that is read, bytes; browsers with post-quantum key shares send up to 2 KiB. */
export const clientHelloLimit = 16_384
/** Most records over which one may be split. */
export const clientHelloRecords = 16

/** `readClientHello`: more bytes are needed. */
export const helloIncomplete = 'incomplete'
/** `readClientHello`: these bytes are no ClientHello. */
export const helloMalformed = 'malformed'

const handshakeRecord = 0x16
const clientHelloType = 0x01
const extension = { serverName: 0, signatureAlgorithms: 13, alpn: 16, supportedVersions: 43 } as const

class Malformed extends Error {}

/** Reads big-endian numbers and vectors; every step outside of the bytes is an error. */
class Reader {
  private readonly bytes: Buffer
  private at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  get left(): number {
    return this.bytes.length - this.at
  }

  number(size: 1 | 2 | 3): number {
    if (this.left < size) throw new Malformed('short')
    const value = this.bytes.readUIntBE(this.at, size)
    this.at += size
    return value
  }

  take(length: number): Buffer {
    if (this.left < length) throw new Malformed('short')
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }

  /** A vector with a length of `size` bytes before it. */
  vector(size: 1 | 2 | 3): Reader {
    return new Reader(this.take(this.number(size)))
  }

  text(length: number): string {
    return this.take(length).toString('latin1')
  }

  numbers(size: 1 | 2): number[] {
    const list: number[] = []
    while (this.left > 0) list.push(this.number(size))
    return list
  }
}

/** The handshake message inside the records of `bytes`, or why there is none (yet). */
function handshakeOf(bytes: Buffer): Buffer | typeof helloIncomplete | typeof helloMalformed {
  let at = 0
  let message: Buffer = bytes.subarray(0, 0)
  for (let record = 0; record < clientHelloRecords; record += 1) {
    if (bytes.length > at && bytes[at] !== handshakeRecord) return helloMalformed
    if (bytes.length > at + 1 && bytes[at + 1] !== 3) return helloMalformed
    if (bytes.length < at + 5) return helloIncomplete
    const length = bytes.readUInt16BE(at + 3)
    if (length === 0 || length > clientHelloLimit) return helloMalformed
    const body = bytes.subarray(at + 5, at + 5 + length)
    message = record === 0 ? body : Buffer.concat([message, body])
    if (message.length > 0 && message[0] !== clientHelloType) return helloMalformed
    if (message.length >= 4) {
      const wanted = 4 + message.readUIntBE(1, 3)
      if (wanted > clientHelloLimit) return helloMalformed
      if (message.length >= wanted) return message.subarray(4, wanted)
    }
    if (body.length < length) return helloIncomplete
    at += 5 + length
  }
  return helloMalformed
}

const hostName = /^[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?\.?$/

/** Host name of the SNI extension (RFC 6066 section 3); empty when it holds none that a host could have. */
function serverNameOf(body: Reader): string {
  if (body.left === 0) return ''
  const list = body.vector(2)
  while (list.left > 0) {
    const type = list.number(1)
    const name = list.vector(2)
    if (type !== 0) continue
    const text = name.text(name.left).toLowerCase()
    return hostName.test(text) ? text.replace(/\.$/, '') : ''
  }
  return ''
}

interface Draft {
  extensions: number[]
  versions: number[]
  signatureAlgorithms: number[]
  alpn: string
  serverName: string
  hasServerName: boolean
}

function takeExtension(draft: Draft, type: number, body: Reader): void {
  draft.extensions.push(type)
  if (type === extension.serverName) {
    draft.hasServerName = true
    draft.serverName = serverNameOf(body)
  } else if (type === extension.signatureAlgorithms) draft.signatureAlgorithms = body.vector(2).numbers(2)
  else if (type === extension.supportedVersions) draft.versions = body.vector(1).numbers(2)
  else if (type === extension.alpn) {
    const list = body.vector(2)
    if (list.left > 0) {
      const first = list.vector(1)
      draft.alpn = first.text(first.left)
    }
  }
}

function parse(message: Buffer): ClientHello {
  const reader = new Reader(message)
  const version = reader.number(2)
  reader.take(32) // random
  reader.vector(1) // session id
  const ciphers = reader.vector(2).numbers(2)
  reader.vector(1) // compression methods
  const draft: Draft = {
    extensions: [],
    versions: [],
    signatureAlgorithms: [],
    alpn: '',
    serverName: '',
    hasServerName: false,
  }
  if (reader.left > 0) {
    const list = reader.vector(2)
    while (list.left > 0) {
      const type = list.number(2)
      takeExtension(draft, type, list.vector(2))
    }
  }
  return { version, ciphers, ...draft }
}

/**
 * Reads the ClientHello at the start of a connection (RFC 8446 section 4.1.2), also one split over packets and
 * records. What it refuses, TLS refuses too; it decides nothing but which certificate to show.
 */
export function readClientHello(bytes: Buffer): ClientHello | typeof helloIncomplete | typeof helloMalformed {
  const message = handshakeOf(bytes)
  if (typeof message === 'string') {
    return message === helloIncomplete && bytes.length > clientHelloLimit + 5 * clientHelloRecords
      ? helloMalformed
      : message
  }
  try {
    return parse(message)
  } catch (error) {
    if (error instanceof Malformed) return helloMalformed
    throw error
  }
}
