import { base64Decode, base64DecodeExt, base64Encode } from './base64.ts'
import { cmdLine } from './cmd-line.ts'
import { compressWhitespace } from './compress-whitespace.ts'
import { cssDecode } from './css-decode.ts'
import { md5, sha1 } from './digest.ts'
import { escapeSeqDecode } from './escape-seq-decode.ts'
import { hexDecode } from './hex-decode.ts'
import { hexEncode } from './hex-encode.ts'
import { htmlEntityDecode } from './html-entity-decode.ts'
import { jsDecode } from './js-decode.ts'
import { length } from './length.ts'
import { lowercase } from './lowercase.ts'
import { none } from './none.ts'
import { normalisePath, normalisePathWin, normalizePath, normalizePathWin } from './normalise-path.ts'
import { parityEven7bit, parityOdd7bit, parityZero7bit } from './parity.ts'
import { phpArgsNames } from './php-args-names.ts'
import { removeComments } from './remove-comments.ts'
import { removeCommentsChar } from './remove-comments-char.ts'
import { removeNulls } from './remove-nulls.ts'
import { removeWhitespace } from './remove-whitespace.ts'
import { replaceComments } from './replace-comments.ts'
import { replaceNulls } from './replace-nulls.ts'
import { sqlHexDecode } from './sql-hex-decode.ts'
import type { Transformation } from './transformation.ts'
import { trim, trimLeft, trimRight } from './trim.ts'
import { uppercase } from './uppercase.ts'
import { urlDecode } from './url-decode.ts'
import { urlDecodeUni } from './url-decode-uni.ts'
import { urlEncode } from './url-encode.ts'
import { utf8toUnicode } from './utf8-to-unicode.ts'

const all: readonly Transformation[] = [
  base64Decode,
  base64DecodeExt,
  base64Encode,
  cmdLine,
  compressWhitespace,
  cssDecode,
  escapeSeqDecode,
  hexDecode,
  hexEncode,
  htmlEntityDecode,
  jsDecode,
  length,
  lowercase,
  md5,
  none,
  normalisePath,
  normalisePathWin,
  normalizePath,
  normalizePathWin,
  parityEven7bit,
  parityOdd7bit,
  parityZero7bit,
  phpArgsNames,
  removeComments,
  removeCommentsChar,
  removeNulls,
  removeWhitespace,
  replaceComments,
  replaceNulls,
  sha1,
  sqlHexDecode,
  trim,
  trimLeft,
  trimRight,
  uppercase,
  urlDecode,
  urlDecodeUni,
  urlEncode,
  utf8toUnicode,
]

/** Every transformation of the language by its name in lower case: `t:` names ignore case. */
export const transformations: ReadonlyMap<string, Transformation> = new Map(
  all.map((member) => [member.name.toLowerCase(), member]),
)
