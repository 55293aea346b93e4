import { Buffer } from 'node:buffer'
import { SigmaError } from '../error.ts'
import { sigmaLimits } from '../limits.ts'

/** Encodings that a text value can be put into before it is compared. */
export type TextEncoding = 'utf8' | 'utf16le' | 'utf16be' | 'utf16'

/** Bytes of a text. `utf16` carries the little-endian byte order mark, as the specification says. */
export function encodeText(text: string, encoding: TextEncoding): Buffer {
  switch (encoding) {
    case 'utf8':
      return Buffer.from(text, 'utf8')
    case 'utf16le':
      return Buffer.from(text, 'utf16le')
    case 'utf16be':
      return Buffer.from(text, 'utf16le').swap16()
    case 'utf16':
      return Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])
  }
}

/** Base64 of bytes. */
export function base64(bytes: Buffer): string {
  return bytes.toString('base64')
}

const firstKept = [0, 2, 3] as const
const cutAtEnd = [0, 3, 2] as const

/**
 * The three forms that bytes take inside a longer base64 text, one for each offset within a group of three, without
 * the characters that depend on the neighbours.
 */
export function base64Offsets(bytes: Buffer): readonly string[] {
  return firstKept.map((start, offset) => {
    const text = Buffer.concat([Buffer.alloc(offset, 0x20), bytes]).toString('base64')
    const cut = cutAtEnd[(bytes.length + offset) % 3] ?? 0
    return text.slice(start, cut === 0 ? undefined : -cut)
  })
}

const dashes = ['-', '/', '\u2013', '\u2014', '\u2015']

/**
 * Every way to write the option dashes of a command line: hyphen, slash, en dash, em dash, horizontal bar. A dash counts
 * when no word character stands before it and one stands behind.
 */
export function dashVariants(text: string, path: readonly (string | number)[]): readonly string[] {
  const parts = text.split(/(?<![\w])[-/](?=\w)/)
  if (dashes.length ** (parts.length - 1) > sigmaLimits.maxExpansions) {
    throw new SigmaError(
      'SIGMA_LIMIT',
      path,
      `windash would make more than ${sigmaLimits.maxExpansions} values`,
    )
  }
  let variants = [parts[0] ?? '']
  for (const part of parts.slice(1))
    variants = variants.flatMap((start) => dashes.map((dash) => `${start}${dash}${part}`))
  return variants
}
