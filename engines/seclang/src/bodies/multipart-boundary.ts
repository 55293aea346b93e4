import type { MultipartFlags } from './multipart.ts'

/** Longest Content-Type that a boundary is read from. */
export const maxMultipartContentType = 1024
/** Longest boundary (RFC 2046, 5.1.1). */
export const maxBoundaryLength = 70

/** Reads the boundary out of a Content-Type, strictly; deviations set flags or end in an error. */
export function readBoundary(
  contentType: string,
  flags: MultipartFlags,
): { readonly value: string } | { readonly error: string } {
  if (contentType.length > maxMultipartContentType) return fault('length')
  if (!/^multipart\/form-data/i.test(contentType)) return { error: 'Multipart: Invalid MIME type.' }
  const count = contentType.toLowerCase().split('boundary').length - 1
  // Most have one, and then there is nothing to count.
  if (count > 1 && [...contentType.matchAll(/boundary[ \t]*=/gi)].length > 1)
    return { error: 'Multipart: Multiple boundary parameters in C-T.' }
  const at = contentType.indexOf('boundary')
  if (at < 0)
    return count > 0 ? fault('case sensitivity') : { error: 'Multipart: Boundary not found in C-T.' }
  const before = contentType.slice('multipart/form-data'.length, at)
  if (!/^\s*;?\s*$/.test(before)) return fault('malformed')
  if (!before.includes(';')) flags.missingSemicolon = true
  const equals = contentType.indexOf('=', at)
  if (equals < 0) return fault('malformed')
  const gap = contentType.slice(at + 'boundary'.length, equals)
  if (gap.trim() !== '') return fault('parameter name')
  if (gap !== '') flags.boundaryWhitespace = true
  return readValue(contentType.slice(equals + 1), flags)
}

function readValue(
  text: string,
  flags: MultipartFlags,
): { readonly value: string } | { readonly error: string } {
  if (/^\s/.test(text)) flags.boundaryWhitespace = true
  const quoted = /^"([^"]*)"\s*$/.exec(text)
  if (quoted !== null) {
    flags.boundaryQuoted = true
    return checkValue(quoted[1] ?? '')
  }
  if (text.startsWith('"')) flags.boundaryQuoted = true
  if (text.startsWith('"') || text.endsWith('"')) return fault('quote')
  // Parameters after the boundary are tolerated: browsers and libraries send charset there.
  const end = text.indexOf(';')
  return checkValue(end < 0 ? text : text.slice(0, end).trimEnd())
}

function checkValue(value: string): { readonly value: string } | { readonly error: string } {
  if (value === '') return fault('empty')
  if (value.length > maxBoundaryLength) return fault('length')
  if (!/^[-0-9A-Za-z'()+_,./:=? ]*[-0-9A-Za-z'()+_,./:=?]$/.test(value)) return fault('characters')
  return { value }
}

function fault(kind: string): { readonly error: string } {
  return { error: `Multipart: Invalid boundary in C-T (${kind}).` }
}
