import { isFieldByte } from './byte-class.ts'
import { parseConnection, withoutNominated } from './connection-options.ts'
import { parseContentLength } from './content-length.ts'
import { HeaderCursor } from './header-cursor.ts'
import { headerKind, headerKindOf } from './header-kind.ts'
import { refusals } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import { noLength } from './request-head.ts'
import type { UpstreamHead } from './response-head.ts'

const cursor = new HeaderCursor()

class Findings {
  contentLength = noLength
  chunked = false
  connection = ''
  upgrade = ''
  keepAliveSeconds = -1

  clear(): void {
    this.contentLength = noLength
    this.chunked = false
    this.connection = ''
    this.upgrade = ''
    this.keepAliveSeconds = -1
  }
}

const findings = new Findings()
const keepAliveForm = /(?:^|[\s,;])timeout=(\d{1,6})/i

/** Takes a line that concerns this hop; everything else was kept before. */
function takeLine(kind: number): Refusal | null {
  switch (kind) {
    case headerKind.contentType:
    case headerKind.userAgent:
    case headerKind.referer:
      cursor.keep()
      return null
    case headerKind.contentLength: {
      const length = parseContentLength(cursor.text, cursor.valueStart, cursor.valueEnd)
      if (length < 0 || findings.contentLength !== noLength) return refusals.EDGE_BODY_FRAMING
      findings.contentLength = length
      break
    }
    case headerKind.transferEncoding:
      if (findings.chunked || cursor.value().toLowerCase() !== 'chunked') return refusals.EDGE_BODY_FRAMING
      findings.chunked = true
      break
    case headerKind.connection:
      findings.connection += findings.connection === '' ? cursor.value() : `,${cursor.value()}`
      break
    case headerKind.upgrade:
      findings.upgrade = cursor.value().toLowerCase()
      break
    case headerKind.keepAlive:
      findings.keepAliveSeconds = Number(keepAliveForm.exec(cursor.value())?.[1] ?? -1)
      break
    default:
      break
  }
  cursor.drop()
  return null
}

function readHeaders(maxCount: number): Refusal | null {
  let count = 0
  while (cursor.next()) {
    count += 1
    if (count > maxCount) return refusals.EDGE_TOO_MANY_HEADERS
    const kind = headerKindOf(cursor.text, cursor.nameStart, cursor.nameEnd)
    // `Content_Length` is no length: nobody but CGI reads it so, and CGI reads requests.
    if (kind === headerKind.other || cursor.folded) cursor.keep()
    else {
      const refusal = takeLine(kind)
      if (refusal !== null) return refusal
    }
  }
  if (cursor.faulty) return refusals.EDGE_HEADER_SYNTAX
  return findings.chunked && findings.contentLength !== noLength ? refusals.EDGE_BODY_FRAMING : null
}

/** Status at `text[9, 12)`, or −1. */
function statusOf(text: string): number {
  const status = parseContentLength(text, 9, 12)
  return status >= 100 && status <= 599 ? status : -1
}

/** End of the reason phrase that starts at 12, or −1 when it is malformed. */
function reasonEnd(text: string): number {
  const first = text.charCodeAt(12)
  if (first !== 0x20 && first !== 0x0d) return -1
  let i = 12
  while (isFieldByte[text.charCodeAt(i)] === 1) i += 1
  return text.charCodeAt(i) === 0x0d && text.charCodeAt(i + 1) === 0x0a ? i : -1
}

/** Most header lines of an answer. */
export const responseHeaderCount = 200

/**
 * Parses the head of an answer as strictly as that of a request: an upstream that lies about lengths must not be able
 * to put a second answer into the connection of another client.
 * @param text byte string with the CR LF of its last line, without the empty line.
 */
export function parseResponseHead(text: string): UpstreamHead | Refusal {
  const minorVersion = text.startsWith('HTTP/1.1 ') ? 1 : text.startsWith('HTTP/1.0 ') ? 0 : -1
  const status = statusOf(text)
  const end = reasonEnd(text)
  if (minorVersion < 0 || status < 0 || end < 0) return refusals.EDGE_STATUS_LINE
  findings.clear()
  cursor.open(text, end + 2)
  const bad = readHeaders(responseHeaderCount)
  if (bad !== null) return bad
  if (findings.chunked && minorVersion === 0) return refusals.EDGE_BODY_FRAMING
  let fields = cursor.finish()
  const connection = parseConnection(findings.connection)
  if (connection.nominated.length > 0) fields = withoutNominated(fields, connection.nominated)
  return {
    status,
    reason: text.slice(13, Math.max(13, end)),
    fields,
    contentLength: findings.contentLength,
    chunked: findings.chunked,
    keepAlive: minorVersion === 1 ? !connection.close : connection.keepAlive,
    keepAliveSeconds: findings.keepAliveSeconds,
    upgrade: status === 101 && findings.upgrade === 'websocket' && connection.upgrade,
    minorVersion: minorVersion === 1 ? 1 : 0,
    text,
  }
}
