/**
 * Byte classes of RFC 9110 section 5 and RFC 3986 as tables: index a byte value, 1 means member. Heads are byte
 * strings, so `charCodeAt` always yields 0 to 255.
 */
function table(member: (byte: number) => boolean): Uint8Array {
  const bytes = new Uint8Array(256)
  for (let byte = 0; byte < 256; byte += 1) bytes[byte] = member(byte) ? 1 : 0
  return bytes
}

const alphanumeric = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)

const among = (text: string) => {
  const codes = new Set(Array.from(text, (character) => character.charCodeAt(0)))
  return (byte: number): boolean => codes.has(byte)
}

const tokenMark = among("!#$%&'*+-.^_`|~")

/** `tchar`: header names and methods. `_` and `.` have the value 3, so that a scan learns on the way whether it met one. */
export const isTokenByte: Uint8Array = table((byte) => alphanumeric(byte) || tokenMark(byte))
isTokenByte[0x5f] = 3
isTokenByte[0x2e] = 3

/** `field-vchar`, space and tab: header values. No other control character, no DEL. */
export const isFieldByte: Uint8Array = table((byte) => byte === 0x09 || (byte >= 0x20 && byte !== 0x7f))

/**
 * Visible ASCII without `#`: request targets. RFC 3986 forbids some of these (`|`, `{`, `"` …) but browsers send them
 * in queries; bytes over 0x7e must be percent-encoded, and a fragment never belongs into a request.
 */
export const isTargetByte: Uint8Array = table((byte) => byte > 0x20 && byte < 0x7f && byte !== 0x23)

/**
 * Lower case, `_` and `.` as `-`: the spelling under which header names are recognised. CGI knows `-` as `_`, and PHP
 * makes `_` of the dots that a FastCGI server handed on: `X.Forwarded.For` would be believed there.
 */
export const foldName: Uint8Array = (() => {
  const bytes = new Uint8Array(256)
  for (let byte = 0; byte < 256; byte += 1) {
    bytes[byte] = byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte === 0x5f || byte === 0x2e ? 0x2d : byte
  }
  return bytes
})()
