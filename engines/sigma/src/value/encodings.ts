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

/**
 * What a text put into UTF-16 looks like where its bytes were read as characters: `cmd` as `c`, NUL, `m`, NUL, `d`, NUL.
 * @throws SigmaError SIGMA_VALUE beyond ASCII, where that reading has no single form.
 */
export function wideText(text: string, encoding: TextEncoding, path: readonly (string | number)[]): string {
  if (!/^[\u0001-\u007f]*$/.test(text))
    throw new SigmaError('SIGMA_VALUE', path, 'UTF-16 without base64 is for ASCII only')
  return encodeText(text, encoding).toString('latin1')
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
const dash = /(?<![\p{L}\p{N}_])[-/\u2013-\u2015](?=[\p{L}\p{N}_])/u

/**
 * Every way to write the option dashes of a command line: hyphen, slash, en dash, em dash, horizontal bar. A dash counts
 * when no word character stands before it and one stands behind.
 */
export function dashVariants(text: string, path: readonly (string | number)[]): readonly string[] {
  const parts = text.split(dash)
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
