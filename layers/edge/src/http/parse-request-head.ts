import { METHODS } from 'node:http'
import { isTargetByte } from './byte-class.ts'
import { parseConnection, withoutNominated } from './connection-options.ts'
import type { ConnectionOptions } from './connection-options.ts'
import { parseContentLength } from './content-length.ts'
import { HeaderCursor } from './header-cursor.ts'
import { headerKind, headerKindOf } from './header-kind.ts'
import { parseHost } from './host.ts'
import type { HostValue } from './host.ts'
import type { HttpLimits } from './limits.ts'
import { refusals } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import { noLength } from './request-head.ts'
import type { RequestHead } from './request-head.ts'

// CONNECT would make us a forward proxy, TRACE echoes credentials, PRI and SOURCE belong to other protocols.
const refusedMethods = new Set(['CONNECT', 'TRACE', 'PRI', 'SOURCE'])
const methods: ReadonlyMap<string, string> = new Map(
  METHODS.filter((method) => !refusedMethods.has(method)).map((method) => [method, method]),
)
const longestMethod = Math.max(...Array.from(methods.keys(), (method) => method.length))

const noOptions: ConnectionOptions = { close: false, keepAlive: false, upgrade: false, nominated: [] }

/** Everything learnt from the header lines; one instance, cleared for each head. */
class Findings {
  seen = 0
  contentLength = noLength
  chunked = false
  host: HostValue | null = null
  connection: ConnectionOptions = noOptions
  connectionText = ''
  upgrade = ''
  expect = ''
  userAgent = ''
  referer = ''
  forwardedFor = ''
  canary = ''
  claims = ''
  folded = false

  clear(): void {
    this.seen = 0
    this.contentLength = noLength
    this.chunked = false
    this.host = null
    this.connection = noOptions
    this.connectionText = ''
    this.upgrade = ''
    this.expect = ''
    this.userAgent = ''
    this.referer = ''
    this.forwardedFor = ''
    this.canary = ''
    this.claims = ''
    this.folded = false
  }
}

const cursor = new HeaderCursor()
const findings = new Findings()

const once =
  (1 << headerKind.host) |
  (1 << headerKind.contentLength) |
  (1 << headerKind.transferEncoding) |
  (1 << headerKind.upgrade) |
  (1 << headerKind.expect) |
  (1 << headerKind.contentType)

const standsAlone: Readonly<Record<number, Refusal>> = {
  [headerKind.host]: refusals.EDGE_HOST,
  [headerKind.contentLength]: refusals.EDGE_CONTENT_LENGTH,
  [headerKind.transferEncoding]: refusals.EDGE_TRANSFER_ENCODING,
}

/** Takes the current line into the findings. */
function takeLine(kind: number): Refusal | null {
  const bit = 1 << kind
  if ((findings.seen & once & bit) !== 0) return standsAlone[kind] ?? refusals.EDGE_HEADER_REPEATED
  findings.seen |= bit
  switch (kind) {
    case headerKind.contentType:
      cursor.keep()
      return null
    case headerKind.userAgent:
      if (findings.userAgent === '') findings.userAgent = cursor.value()
      cursor.keep()
      return null
    case headerKind.referer:
      if (findings.referer === '') findings.referer = cursor.value()
      cursor.keep()
      return null
    default:
      cursor.drop()
      return takeControl(kind)
  }
}

function takeControl(kind: number): Refusal | null {
  switch (kind) {
    case headerKind.host:
      findings.host = parseHost(cursor.value())
      return findings.host === null ? refusals.EDGE_HOST : null
    case headerKind.contentLength:
      findings.contentLength = parseContentLength(cursor.text, cursor.valueStart, cursor.valueEnd)
      return findings.contentLength < 0 || cursor.hasTrailingTab() ? refusals.EDGE_CONTENT_LENGTH : null
    case headerKind.transferEncoding:
      // Only `chunked` alone: every other coding is read differently by some server behind us.
      findings.chunked = cursor.value().toLowerCase() === 'chunked' && !cursor.hasTrailingTab()
      return findings.chunked ? null : refusals.EDGE_TRANSFER_ENCODING_UNKNOWN
    case headerKind.connection:
      findings.connectionText += findings.connectionText === '' ? cursor.value() : `,${cursor.value()}`
      findings.connection = parseConnection(findings.connectionText)
      return null
    case headerKind.upgrade:
      findings.upgrade = cursor.value().toLowerCase()
      return null
    case headerKind.expect:
      findings.expect = cursor.value().toLowerCase()
      return findings.expect === '100-continue' ? null : refusals.EDGE_EXPECT
    case headerKind.forwardedFor:
      findings.forwardedFor += findings.forwardedFor === '' ? cursor.value() : `,${cursor.value()}`
      takeClaim()
      return null
    case headerKind.claim:
      takeClaim()
      return null
    case headerKind.canary:
      findings.canary = cursor.value()
      return null
    default:
      return null
  }
}

function takeClaim(): void {
  findings.claims += `${cursor.text.slice(cursor.nameStart, cursor.nameEnd)}: ${cursor.value()}\r\n`
}

/** A name with `_` or `.` that means a header of ours: framing is refused, a forwarding claim is only removed. */
function takeFolded(kind: number): Refusal | null {
  findings.folded = true
  if (kind === headerKind.other) {
    cursor.keep()
    return null
  }
  cursor.drop()
  const isClaim = kind === headerKind.claim || kind === headerKind.forwardedFor
  if (isClaim) takeClaim()
  return isClaim || kind === headerKind.removed || kind === headerKind.canary
    ? null
    : refusals.EDGE_HEADER_UNDERSCORE
}

function readHeaders(maxCount: number): Refusal | null {
  let count = 0
  while (cursor.next()) {
    count += 1
    if (count > maxCount) return refusals.EDGE_TOO_MANY_HEADERS
    const kind = headerKindOf(cursor.text, cursor.nameStart, cursor.nameEnd)
    if (kind === headerKind.other && !cursor.folded) {
      cursor.keep()
      continue
    }
    const refusal = cursor.folded ? takeFolded(kind) : takeLine(kind)
    if (refusal !== null) return refusal
  }
  return cursor.faulty ? refusals.EDGE_HEADER_SYNTAX : null
}

/** `foo_bar` or `foo.bar` beside `foo-bar`: CGI-style upstreams see one header where the inspection saw two. */
function hasTwins(fields: string): boolean {
  const spelling = new Map<string, string>()
  for (const line of fields.split('\r\n')) {
    const name = line.slice(0, line.indexOf(':')).toLowerCase()
    const folded = name.replaceAll(/[_.]/g, '-')
    const other = spelling.get(folded)
    if (other !== undefined && other !== name) return true
    spelling.set(folded, name)
  }
  return false
}

function framingRefusal(minorVersion: number, limits: HttpLimits): Refusal | null {
  if (findings.chunked) {
    if (findings.contentLength !== noLength) return refusals.EDGE_LENGTH_AND_ENCODING
    if (minorVersion === 0) return refusals.EDGE_TRANSFER_ENCODING
  }
  if (findings.contentLength > limits.bodySizeBytes) return refusals.EDGE_BODY_TOO_LARGE
  return null
}

/** True, false, or the refusal of an upgrade that is not a plain WebSocket one (RFC 6455 section 4.1). */
function upgradeOf(method: string, minorVersion: number): boolean | Refusal {
  if (findings.upgrade === '' || minorVersion === 0 || !findings.connection.upgrade) return false
  const plain = method === 'GET' && !findings.chunked && findings.contentLength <= 0
  return findings.upgrade === 'websocket' && plain ? true : refusals.EDGE_UPGRADE
}

const absoluteForm = /^https?:\/\/([^/?]*)(.*)$/is

/** Reduces an absolute-form target whose authority equals Host (RFC 9112 section 3.2.2). */
function reduceTarget(method: string, target: string): string | Refusal {
  if (target.charCodeAt(0) === 0x2f) return target
  if (target === '*') return method === 'OPTIONS' ? target : refusals.EDGE_TARGET
  const match = absoluteForm.exec(target)
  if (match === null) return refusals.EDGE_TARGET
  const named = parseHost(match[1] ?? '')
  if (named === null) return refusals.EDGE_TARGET
  if (named.authority !== findings.host?.authority) return refusals.EDGE_HOST_MISMATCH
  const rest = match[2] ?? ''
  return rest.startsWith('/') ? rest : `/${rest}`
}

function targetEnd(text: string, start: number): number {
  let i = start
  while (isTargetByte[text.charCodeAt(i)] === 1) i += 1
  return i
}

const otherVersion = /^HTTP\/\d\.\d\r\n/

/** 1, 0, or why the rest of the request line is refused. */
function versionAt(text: string, at: number): 0 | 1 | Refusal {
  if (text.startsWith('HTTP/1.1\r\n', at)) return 1
  if (text.startsWith('HTTP/1.0\r\n', at)) return 0
  return otherVersion.test(text.slice(at, at + 10)) ? refusals.EDGE_VERSION : refusals.EDGE_REQUEST_LINE
}

/**
 * Parses a request head strictly (RFC 9112 sections 3, 5 and 6, narrowed where servers disagree): whatever two servers
 * could read in two ways is refused.
 * @param text byte string of the head with the CR LF of its last line, without the empty line.
 */
export function parseRequestHead(text: string, limits: HttpLimits): RequestHead | Refusal {
  const methodEnd = text.indexOf(' ')
  if (methodEnd < 1 || methodEnd > longestMethod) return refusals.EDGE_REQUEST_LINE
  const method = methods.get(text.slice(0, methodEnd))
  if (method === undefined) return unknownMethod(text.slice(0, methodEnd))
  const end = targetEnd(text, methodEnd + 1)
  if (end - methodEnd - 1 > limits.targetSizeBytes) return refusals.EDGE_TARGET_TOO_LONG
  if (end === methodEnd + 1 || text.charCodeAt(end) !== 0x20) return refusals.EDGE_TARGET
  const minorVersion = versionAt(text, end + 1)
  if (typeof minorVersion !== 'number') return minorVersion
  findings.clear()
  cursor.open(text, end + 11)
  const bad = readHeaders(limits.headerCount) ?? framingRefusal(minorVersion, limits)
  if (bad !== null) return bad
  if (findings.host === null && minorVersion === 1) return refusals.EDGE_HOST
  const target = reduceTarget(method, text.slice(methodEnd + 1, end))
  if (typeof target !== 'string') return target
  const upgrade = upgradeOf(method, minorVersion)
  if (typeof upgrade !== 'boolean') return upgrade
  return assemble(method, target, minorVersion, upgrade)
}

function unknownMethod(method: string): Refusal {
  return /^[A-Za-z-]+$/.test(method) ? refusals.EDGE_METHOD : refusals.EDGE_REQUEST_LINE
}

function assemble(
  method: string,
  target: string,
  minorVersion: 0 | 1,
  upgrade: boolean,
): RequestHead | Refusal {
  let fields = cursor.finish()
  if (findings.folded && hasTwins(fields)) return refusals.EDGE_HEADER_UNDERSCORE
  const { nominated } = findings.connection
  if (nominated.length > 0) fields = withoutNominated(fields, nominated)
  return {
    method,
    target,
    minorVersion,
    protocol: minorVersion === 1 ? '1.1' : '1.0',
    host: findings.host,
    contentLength: findings.contentLength,
    chunked: findings.chunked,
    keepAlive: minorVersion === 1 && !findings.connection.close,
    upgrade,
    expectContinue: findings.expect !== '' && minorVersion === 1,
    fields,
    userAgent: findings.userAgent,
    referer: findings.referer,
    forwardedFor: findings.forwardedFor,
    canary: findings.canary,
    claims: findings.claims,
    text: cursor.text,
  }
}
