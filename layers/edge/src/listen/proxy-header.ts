import type { Buffer } from 'node:buffer'
import { parseIpInto } from '../address/ip-words.ts'

/** What a PROXY protocol header says. */
export interface ProxyHeader {
  /** Bytes that it takes. */
  readonly length: number
  /** Null for LOCAL and UNKNOWN: the connection is the proxy's own, for example a health check. */
  readonly client: { readonly address: string; readonly port: number } | null
}

/** Longest version 1 header with its CR LF (specification, section 2.1). */
export const proxyTextLimit = 107
/** Longest version 2 header that is read, with its addresses and TLVs. */
export const proxyBinaryLimit = 4096

/** `readProxyHeader`: more bytes are needed. */
export const proxyIncomplete = 'incomplete'
/** `readProxyHeader`: these bytes are no PROXY header. */
export const proxyMalformed = 'malformed'

type Result = ProxyHeader | typeof proxyIncomplete | typeof proxyMalformed

const signature = '\r\n\r\n\0\r\nQUIT\n'
const textStart = 'PROXY '
const scratch = new Uint32Array(4)

const textForm =
  /^PROXY TCP([46]) ([0-9a-fA-F.:]{2,45}) ([0-9a-fA-F.:]{2,45}) (0|[1-9]\d{0,4}) (0|[1-9]\d{0,4})\r\n$/

function isAddress(text: string, family: '4' | '6'): boolean {
  return text.includes(':') === (family === '6') && parseIpInto(text, scratch)
}

function readText(text: string): Result {
  const end = text.indexOf('\r\n')
  if (end < 0) return text.length >= proxyTextLimit ? proxyMalformed : proxyIncomplete
  const length = end + 2
  if (length > proxyTextLimit) return proxyMalformed
  const line = text.slice(0, length)
  if (/^PROXY UNKNOWN[ \x21-\x7e]*\r\n$/.test(line)) return { length, client: null }
  const match = textForm.exec(line)
  if (match === null) return proxyMalformed
  const family = match[1] === '4' ? '4' : '6'
  const [, , address = '', target = ''] = match
  const port = Number(match[4])
  if (!isAddress(address, family) || !isAddress(target, family)) return proxyMalformed
  if (port > 65_535 || Number(match[5]) > 65_535) return proxyMalformed
  return { length, client: { address: plain(address), port } }
}

function plain(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address.toLowerCase()
}

function ipv6(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16))
  const mapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes.readUInt16BE(10) === 0xffff
  return mapped ? [...bytes.subarray(12, 16)].join('.') : groups.join(':')
}

const family = { inet: 0x11, inet6: 0x21 } as const

function readBinary(bytes: Buffer): Result {
  if (bytes.length < 16) return proxyIncomplete
  const command = bytes[12]
  if (command !== 0x20 && command !== 0x21) return proxyMalformed
  const length = 16 + bytes.readUInt16BE(14)
  if (length > proxyBinaryLimit) return proxyMalformed
  if (bytes.length < length) return proxyIncomplete
  if (command === 0x20) return { length, client: null }
  if (bytes[13] === family.inet && length >= 28) {
    return {
      length,
      client: { address: [...bytes.subarray(16, 20)].join('.'), port: bytes.readUInt16BE(24) },
    }
  }
  if (bytes[13] === family.inet6 && length >= 52) {
    return { length, client: { address: ipv6(bytes.subarray(16, 32)), port: bytes.readUInt16BE(48) } }
  }
  // UNSPEC, UDP and Unix addresses say nothing about an HTTP client.
  return bytes[13] === 0 ? { length, client: null } : proxyMalformed
}

/**
 * Reads a PROXY protocol header, version 1 or 2, at the start of a connection (HAProxy, "The PROXY protocol", sections
 * 2.1 and 2.2). Anything else is malformed: a declared proxy always sends one.
 */
export function readProxyHeader(bytes: Buffer): Result {
  const start = bytes.toString('latin1', 0, Math.min(bytes.length, proxyTextLimit))
  if (start.startsWith(signature.slice(0, Math.min(start.length, 12)))) {
    return start.length < 12 ? proxyIncomplete : readBinary(bytes)
  }
  if (!start.startsWith(textStart.slice(0, Math.min(start.length, 6)))) return proxyMalformed
  return readText(start)
}
