import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import type { ClientHello } from './client-hello.ts'

/** RFC 8701: values that clients insert at random, so that servers learn to ignore unknown ones. */
function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff)
}

const versions: ReadonlyMap<number, string> = new Map([
  [0x0304, '13'],
  [0x0303, '12'],
  [0x0302, '11'],
  [0x0301, '10'],
  [0x0300, 's3'],
  [0x0002, 's2'],
])

const serverName = 0x0000
const alpn = 0x0010
const nothing = '000000000000'

function hex(value: number): string {
  return value.toString(16).padStart(4, '0')
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

function count(list: readonly number[]): string {
  return String(Math.min(99, list.length)).padStart(2, '0')
}

/** First and last character of the first protocol; of its hexadecimal form when one of them is no letter or digit. */
function alpnMark(protocol: string): string {
  if (protocol === '') return '00'
  const ends = `${protocol.at(0) ?? ''}${protocol.at(-1) ?? ''}`
  if (/^[0-9A-Za-z]{2}$/.test(ends)) return ends
  const text = Buffer.from(protocol, 'latin1').toString('hex')
  return `${text.at(0) ?? ''}${text.at(-1) ?? ''}`
}

function versionMark(hello: ClientHello): string {
  const offered = hello.versions.filter((version) => !isGrease(version))
  const highest = offered.length > 0 ? Math.max(...offered) : hello.version
  return versions.get(highest) ?? '00'
}

/**
 * JA4 fingerprint of a TLS client over TCP (FoxIO, BSD 3-clause, "JA4: TLS Client Fingerprinting"): what a client
 * offers, in sorted order, so that a client that shuffles its extensions keeps its fingerprint. It names a kind of
 * program, not a person, and whoever wants can imitate it.
 */
export function ja4(hello: ClientHello): string {
  const ciphers = hello.ciphers.filter((value) => !isGrease(value))
  const extensions = hello.extensions.filter((value) => !isGrease(value))
  const name = hello.hasServerName ? 'd' : 'i'
  const head = `t${versionMark(hello)}${name}${count(ciphers)}${count(extensions)}${alpnMark(hello.alpn)}`
  const cipherText = ciphers.map(hex).toSorted().join(',')
  const hashed = extensions.filter((value) => value !== serverName && value !== alpn)
  const algorithms = hello.signatureAlgorithms.filter((value) => !isGrease(value)).map(hex)
  const extensionText = hashed.map(hex).toSorted().join(',')
  const tail = algorithms.length === 0 ? extensionText : `${extensionText}_${algorithms.join(',')}`
  const b = cipherText === '' ? nothing : digest(cipherText)
  const c = extensions.length === 0 ? nothing : digest(tail)
  return `${head}_${b}_${c}`
}
