import { Buffer } from 'node:buffer'

import type { Pairs } from '../bodies/pairs.ts'
import type { Transaction } from '../transaction/transaction.ts'
import type { ListAccess, ListSource, ScalarSource, Sources } from './value-source.ts'

type PairsOf = (tx: Transaction) => Pairs

function values(column: string, pairs: PairsOf): ListAccess {
  return { column, values: (tx) => pairs(tx).values, names: (tx) => pairs(tx).names }
}

function names(column: string, pairs: PairsOf): ListAccess {
  return { column, values: (tx) => pairs(tx).names, names: (tx) => pairs(tx).names }
}

function list(...lists: readonly ListAccess[]): ListSource {
  return { kind: 'list', lists }
}

function scalar(read: ScalarSource['read']): ScalarSource {
  return { kind: 'scalar', read }
}

const get: PairsOf = (tx) => tx.argsGet
const post: PairsOf = (tx) => tx.argsPost
const cookies: PairsOf = (tx) => tx.cookies
const headers: PairsOf = (tx) => tx.requestHeaders
const files: PairsOf = (tx) => tx.files

const getValues = values('args-get', get)
const getNames = names('args-get-names', get)
const postValues = values('args-post', post)
const postNames = names('args-post-names', post)

function totalLength(texts: readonly string[]): number {
  let sum = 0
  for (const text of texts) sum += text.length
  return sum
}

function flag(read: (tx: Transaction) => boolean | undefined): ScalarSource {
  return scalar((tx) => (read(tx) === true ? 1 : 0))
}

/** Variables of the request's head and arguments. */
export const requestSources: Sources = {
  ARGS: list(getValues, postValues),
  ARGS_COMBINED_SIZE: scalar(
    (tx) =>
      totalLength(tx.argsGet.names) +
      totalLength(tx.argsGet.values) +
      totalLength(tx.argsPost.names) +
      totalLength(tx.argsPost.values),
  ),
  ARGS_GET: list(getValues),
  ARGS_GET_NAMES: list(getNames),
  ARGS_NAMES: list(getNames, postNames),
  ARGS_POST: list(postValues),
  ARGS_POST_NAMES: list(postNames),
  AUTH_TYPE: scalar((tx) => authorization(tx)?.type),
  FULL_REQUEST: scalar((tx) => fullRequest(tx)),
  FULL_REQUEST_LENGTH: scalar((tx) => fullRequest(tx).length),
  PATH_INFO: scalar((tx) => tx.target.fileName),
  QUERY_STRING: scalar((tx) => tx.target.query),
  REMOTE_USER: scalar((tx) => authorization(tx)?.user),
  REQUEST_BASENAME: scalar((tx) => tx.target.baseName),
  REQUEST_COOKIES: list(values('cookies', cookies)),
  REQUEST_COOKIES_NAMES: list(names('cookie-names', cookies)),
  REQUEST_FILENAME: scalar((tx) => tx.target.fileName),
  REQUEST_HEADERS: list(values('request-headers', headers)),
  REQUEST_HEADERS_NAMES: list(names('request-header-names', headers)),
  REQUEST_LINE: scalar((tx) => tx.requestLine),
  REQUEST_METHOD: scalar((tx) => tx.method),
  REQUEST_PROTOCOL: scalar((tx) => tx.requestProtocol),
  REQUEST_URI: scalar((tx) => tx.target.uri),
  REQUEST_URI_RAW: scalar((tx) => tx.targetRaw),
  URLENCODED_ERROR: flag((tx) => tx.urlEncodedError),
}

/** Variables of the request's body. */
export const bodySources: Sources = {
  FILES: list(values('files', files)),
  FILES_COMBINED_SIZE: scalar((tx) => totalLength(fileContents(tx))),
  FILES_NAMES: list(names('file-names', files)),
  FILES_SIZES: list({
    column: '',
    values: (tx) => fileContents(tx).map((content) => String(content.length)),
    names: (tx) => tx.files.names,
  }),
  FILES_TMPNAMES: list({ column: '', values: () => [], names: () => [] }),
  FILES_TMP_CONTENT: list({ column: 'file-contents', values: fileContents, names: (tx) => tx.files.names }),
  INBOUND_DATA_ERROR: flag((tx) => tx.inboundDataError),
  MULTIPART_BOUNDARY_QUOTED: flag((tx) => tx.multipart?.flags.boundaryQuoted),
  MULTIPART_BOUNDARY_WHITESPACE: flag((tx) => tx.multipart?.flags.boundaryWhitespace),
  MULTIPART_CRLF_LF_LINES: flag((tx) => tx.multipart?.flags.crlfLine === true && tx.multipart.flags.lfLine),
  MULTIPART_DATA_AFTER: flag((tx) => tx.multipart?.flags.dataAfter),
  MULTIPART_DATA_BEFORE: flag((tx) => tx.multipart?.flags.dataBefore),
  MULTIPART_FILENAME: list({ column: 'part-file-names', values: fileNames, names: fileNames }),
  MULTIPART_FILE_LIMIT_EXCEEDED: flag((tx) => tx.multipart?.flags.fileLimitExceeded),
  MULTIPART_HEADER_FOLDING: flag((tx) => tx.multipart?.flags.headerFolding),
  MULTIPART_INVALID_HEADER_FOLDING: flag((tx) => tx.multipart?.flags.invalidHeaderFolding),
  MULTIPART_INVALID_PART: flag((tx) => tx.multipart?.flags.invalidPart),
  MULTIPART_INVALID_QUOTING: flag((tx) => tx.multipart?.flags.invalidQuoting),
  MULTIPART_LF_LINE: flag((tx) => tx.multipart?.flags.lfLine),
  MULTIPART_MISSING_SEMICOLON: flag((tx) => tx.multipart?.flags.missingSemicolon),
  MULTIPART_NAME: list({ column: 'part-names', values: partNames, names: partNames }),
  MULTIPART_PART_HEADERS: list(values('part-headers', (tx) => tx.multipart?.partHeaders ?? noPairs)),
  MULTIPART_STRICT_ERROR: flag(isStrictError),
  MULTIPART_UNMATCHED_BOUNDARY: scalar((tx) => tx.multipart?.flags.unmatchedBoundary ?? 0),
  REQBODY_ERROR: flag((tx) => tx.requestBodyError !== null),
  REQBODY_ERROR_MSG: scalar((tx) => tx.requestBodyError ?? ''),
  REQBODY_PROCESSOR: scalar((tx) => tx.bodyProcessor),
  REQBODY_PROCESSOR_ERROR: flag((tx) => tx.requestBodyError !== null),
  REQBODY_PROCESSOR_ERROR_MSG: scalar((tx) => tx.requestBodyError ?? ''),
  REQUEST_BODY: scalar((tx) => (tx.requestBodyVisible ? tx.requestBodyText : '')),
  REQUEST_BODY_LENGTH: scalar((tx) => tx.requestBodyText.length),
}

const noPairs: Pairs = { names: [], values: [] }

function fileContents(tx: Transaction): string[] {
  return tx.multipart?.files.map((file) => file.content) ?? []
}

function fileNames(tx: Transaction): string[] {
  return tx.files.values
}

function partNames(tx: Transaction): string[] {
  return tx.multipart?.partNames ?? []
}

function isStrictError(tx: Transaction): boolean {
  const flags = tx.multipart?.flags
  if (flags === undefined) return false
  return (
    flags.error ||
    flags.boundaryQuoted ||
    flags.boundaryWhitespace ||
    flags.dataBefore ||
    flags.dataAfter ||
    flags.headerFolding ||
    flags.lfLine ||
    flags.missingSemicolon ||
    flags.invalidQuoting ||
    flags.invalidPart ||
    flags.invalidHeaderFolding ||
    flags.fileLimitExceeded
  )
}

function authorization(tx: Transaction): { type: string; user: string | undefined } | undefined {
  const at = tx.requestHeaders.names.findIndex((name) => name.toLowerCase() === 'authorization')
  const value = tx.requestHeaders.values[at]
  if (value === undefined) return undefined
  const [type = '', credentials = ''] = value.split(' ')
  if (type.toLowerCase() !== 'basic') return { type, user: undefined }
  const decoded = Buffer.from(credentials, 'base64').toString('latin1')
  const colon = decoded.indexOf(':')
  return { type, user: colon < 0 ? undefined : decoded.slice(0, colon) }
}

function fullRequest(tx: Transaction): string {
  const { names: headerNames, values: headerValues } = tx.requestHeaders
  let text = `${tx.requestLine}\n`
  for (const [index, name] of headerNames.entries()) text += `${name}: ${headerValues[index] ?? ''}\n`
  return `${text}\n${tx.requestBodyText}`
}
