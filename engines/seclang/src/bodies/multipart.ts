import { readDisposition } from './multipart-disposition.ts'
import { readBoundary } from './multipart-boundary.ts'
import { addPair, emptyPairs } from './pairs.ts'
import type { Pairs } from './pairs.ts'
import { readWhole } from './body-result.ts'
import type { BodyLimits, BodyReader, BodyResult } from './body-result.ts'

/** What strict reading of a multipart body (RFC 7578, 2046) found out of order. */
export interface MultipartFlags {
  boundaryQuoted: boolean
  boundaryWhitespace: boolean
  dataBefore: boolean
  dataAfter: boolean
  headerFolding: boolean
  invalidHeaderFolding: boolean
  invalidPart: boolean
  invalidQuoting: boolean
  missingSemicolon: boolean
  crlfLine: boolean
  lfLine: boolean
  /** 1: a line that could be a delimiter fits none; 2: the same, in a body that is complete otherwise. */
  unmatchedBoundary: 0 | 1 | 2
  fileLimitExceeded: boolean
  error: boolean
}

/** An uploaded file. */
export interface MultipartFile {
  readonly field: string
  readonly fileName: string
  readonly content: string
}

/** A multipart body as read; up to the fault when there is one. */
export interface MultipartBody {
  readonly flags: MultipartFlags
  readonly files: MultipartFile[]
  /** Names of all parts, fields and files, in turn. */
  readonly partNames: string[]
  /** Part name and header line, one pair a header. */
  readonly partHeaders: Pairs
  /** Bytes of the body without the contents of files. */
  bytesWithoutFiles: number
}

/** Longest header line of a part. */
export const maxPartHeaderBytes = 4096
/** Most headers of one part. */
export const maxPartHeaders = 32

/** What the multipart processor needs besides the general limits. */
export interface MultipartOptions extends BodyLimits {
  readonly contentType: string
  readonly maxFiles: number
}

/** Flags in their resting state. */
export function cleanMultipartFlags(): MultipartFlags {
  return {
    boundaryQuoted: false,
    boundaryWhitespace: false,
    dataBefore: false,
    dataAfter: false,
    headerFolding: false,
    invalidHeaderFolding: false,
    invalidPart: false,
    invalidQuoting: false,
    missingSemicolon: false,
    crlfLine: false,
    lfLine: false,
    unmatchedBoundary: 0,
    fileLimitExceeded: false,
    error: false,
  }
}

/** Body processor MULTIPART: strict, every deviation in a flag. */
export function parseMultipartBody(body: string, options: MultipartOptions): BodyResult {
  return readWhole(openMultipartBody(body, options))
}

/** The same in pieces. */
export function openMultipartBody(body: string, options: MultipartOptions): BodyReader {
  const multipart: MultipartBody = {
    flags: cleanMultipartFlags(),
    files: [],
    partNames: [],
    partHeaders: emptyPairs(),
    bytesWithoutFiles: body.length,
  }
  const args = emptyPairs()
  const boundary = readBoundary(options.contentType, multipart.flags)
  const reader =
    'error' in boundary ? null : new MultipartReader(body, boundary.value, { args, multipart, options })
  return {
    readOn(bytes) {
      if (reader?.readOn(bytes) === false) return null
      const error = reader === null ? ('error' in boundary ? boundary.error : null) : reader.error
      if (error !== null) multipart.flags.error = true
      return { args, error, urlEncodedError: false, multipart, xml: null }
    },
  }
}

/** Internal signal: the body cannot be read any further. */
class MultipartFault extends Error {}

interface Part {
  readonly headers: Map<string, string>
  readonly name: string
  readonly fileName: string | null
  readonly dataStart: number
}

interface Sinks {
  readonly args: Pairs
  readonly multipart: MultipartBody
  readonly options: MultipartOptions
}

class MultipartReader {
  /** Why the body is refused, once it is read; null when it is not. */
  error: string | null = null
  readonly #body: string
  readonly #boundary: string
  readonly #sinks: Sinks
  readonly #flags: MultipartFlags
  #part: Part | null = null
  #boundaries = 0
  #complete = false
  /** A fault that does not keep the rest from being read: rules see what follows. */
  #late: string | null = null
  #at = 0

  constructor(body: string, boundary: string, sinks: Sinks) {
    this.#body = body
    this.#boundary = boundary
    this.#sinks = sinks
    this.#flags = sinks.multipart.flags
  }

  /** Reads the parts that begin in the next `bytes` bytes; true once the whole body is read or refused. */
  readOn(bytes: number): boolean {
    const until = Math.min(this.#body.length, this.#at + bytes)
    try {
      while (this.#at < until) this.#readLine(this.#boundary)
      if (this.#at < this.#body.length) return false
      this.error = this.#end()
    } catch (error) {
      if (!(error instanceof MultipartFault)) throw error
      this.error = error.message
    }
    return true
  }

  #end(): string | null {
    if (this.#complete && this.#flags.unmatchedBoundary > 0) this.#flags.unmatchedBoundary = 2
    if (this.#boundaries === 0) return 'Multipart: No boundaries found in payload.'
    return this.#complete ? this.#late : 'Multipart: Final boundary missing.'
  }

  #readLine(boundary: string): void {
    const start = this.#at
    const found = this.#body.indexOf('\n', start)
    const end = found < 0 ? this.#body.length : found + 1
    this.#at = end
    if (this.#body.startsWith('--', start) && this.#readDelimiter(boundary, start, end)) return
    if (this.#complete) this.#flags.dataAfter = true
    else if (this.#part === null) this.#flags.dataBefore = true
    else this.#skipData()
  }

  // Inside a part only a line that starts with two dashes can matter: go there in one step.
  #skipData(): void {
    const next = this.#body.indexOf('\n--', this.#at - 1)
    this.#at = next < 0 ? this.#body.length : next + 1
  }

  /** Reads a line that starts with two dashes; false when it is data. */
  #readDelimiter(boundary: string, start: number, end: number): boolean {
    if (!this.#body.startsWith(boundary, start + 2)) {
      this.#checkLookalike(boundary, start)
      this.#flags.unmatchedBoundary = 1
      return false
    }
    let after = start + 2 + boundary.length
    const isFinal = this.#body.startsWith('--', after)
    if (isFinal) after += 2
    const rest = this.#body.slice(after, end)
    // The final delimiter may be the last bytes of the body.
    if (rest !== '\r\n' && rest !== '\n' && !(isFinal && rest === '')) {
      throw new MultipartFault('Multipart: Invalid boundary.')
    }
    if (this.#complete) {
      if (isFinal) throw new MultipartFault('Multipart: Invalid boundary (final duplicate).')
      this.#flags.dataAfter = true
      return true
    }
    if (rest === '\n') this.#flags.lfLine = true
    else if (rest === '\r\n') this.#flags.crlfLine = true
    this.#boundaries++
    this.#endPart(start)
    if (isFinal) this.#complete = true
    else this.#startPart()
    return true
  }

  #checkLookalike(boundary: string, start: number): void {
    if (this.#flags.boundaryQuoted && this.#body.startsWith(`"${boundary}`, start + 2)) {
      throw new MultipartFault('Multipart: Invalid boundary (quotes).')
    }
    let at = start + 2
    while (/[ \t\v\f\r]/.test(this.#body.charAt(at))) at++
    if (at > start + 2 && this.#body.startsWith(boundary, at)) {
      throw new MultipartFault('Multipart: Invalid boundary (whitespace).')
    }
  }

  #startPart(): void {
    const headers = this.#readHeaders()
    const disposition = headers.get('content-disposition')
    if (disposition === undefined) this.#refusePart('Multipart: Part missing Content-Disposition header.')
    const parsed = readDisposition(disposition.slice(disposition.indexOf(':') + 1).trim())
    if (parsed.invalidQuoting) this.#flags.invalidQuoting = true
    if (parsed.error !== null) this.#refusePart(parsed.error)
    const { name, fileName } = parsed
    if (name === null) this.#refusePart('Multipart: Content-Disposition header missing name field.')
    const { partNames, partHeaders } = this.#sinks.multipart
    partNames.push(name)
    for (const line of headers.values()) addPair(partHeaders, name, line)
    this.#part = { headers, name, fileName, dataStart: this.#at }
  }

  #refusePart(message: string): never {
    this.#flags.invalidPart = true
    throw new MultipartFault(message)
  }

  #readHeaders(): Map<string, string> {
    const headers = new Map<string, string>()
    let last: string | null = null
    while (this.#at < this.#body.length) {
      const line = this.#headerLine()
      if (line === '') return headers
      if (/^[ \t\v\f]/.test(line)) {
        if (last === null) throw new MultipartFault('Multipart: Invalid part header (folding error).')
        this.#flags.headerFolding = true
        if (!/^[ \t]/.test(line)) this.#flags.invalidHeaderFolding = true
        headers.set(last, `${headers.get(last) ?? ''} ${line.trim()}`)
      } else {
        last = addHeader(headers, line)
        if (!/^[!-9;-~]+:/.test(line))
          this.#late = 'Multipart: Invalid part header (contains invalid character).'
      }
    }
    throw new MultipartFault('Multipart: Part headers are not finished.')
  }

  #headerLine(): string {
    const found = this.#body.indexOf('\n', this.#at)
    const end = found < 0 ? this.#body.length : found
    const isCrlf = this.#body[end - 1] === '\r'
    const line = this.#body.slice(this.#at, isCrlf ? end - 1 : end)
    if (isCrlf) this.#flags.crlfLine = true
    else this.#flags.lfLine = true
    if (line.length > maxPartHeaderBytes) throw new MultipartFault('Multipart: Part header line too long.')
    this.#at = end + 1
    return line
  }

  #endPart(delimiter: number): void {
    const part = this.#part
    this.#part = null
    if (part === null) return
    // The line end before a delimiter belongs to the delimiter (RFC 2046, 5.1.1).
    let end = Math.max(part.dataStart, delimiter - 1)
    if (end > part.dataStart && this.#body[end - 1] === '\r') end--
    const data = this.#body.slice(part.dataStart, end)
    const { name, fileName } = part
    if (name === '') this.#flags.invalidPart = true
    // Without a name of its own no file is stored: readers take what it holds for the value of a field.
    if (fileName === null || fileName === '') this.#addArgument(name, data)
    else this.#addFile(name, fileName, data)
  }

  #addArgument(name: string, value: string): void {
    const { args, options } = this.#sinks
    if (args.names.length >= options.maxArguments)
      throw new MultipartFault('Multipart: more arguments than allowed')
    addPair(args, name, value)
  }

  #addFile(field: string, fileName: string, content: string): void {
    const { multipart, options } = this.#sinks
    multipart.bytesWithoutFiles -= content.length
    if (multipart.files.length >= options.maxFiles) {
      this.#flags.fileLimitExceeded = true
      return
    }
    multipart.files.push({ field, fileName, content })
  }
}

function addHeader(headers: Map<string, string>, line: string): string {
  const colon = line.indexOf(':')
  if (line.includes('\0')) throw new MultipartFault('Multipart: Nul byte in part headers.')
  if (colon < 0) throw new MultipartFault('Multipart: Invalid part header (colon missing).')
  if (colon === 0) throw new MultipartFault('Multipart: Invalid part header (header name missing).')
  const name = line.slice(0, colon).trim().toLowerCase()
  if (headers.has(name)) throw new MultipartFault('Multipart: Duplicate part header.')
  if (headers.size >= maxPartHeaders) throw new MultipartFault('Multipart: Too many part headers.')
  headers.set(name, line)
  return name
}
