/** A message of the syslog protocols, as a line. */
export interface SyslogMessage {
  /** `TIME HOST TAG[PID]: MESSAGE`, as a syslog daemon writes it to a file. */
  readonly text: string
  readonly facility: number
  readonly severity: number
}

const priority = /^<(0|[1-9]\d{0,2})>/
const rfc5424 =
  /^1 (-|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) /
const rfc3164 = /^((?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d) (\S{1,255}) /
const isoHead = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) (\S{1,255}) /

/**
 * Reads a message of RFC 5424 or RFC 3164. Undefined when it has no priority or one above 191: then it is no message of syslog.
 * What follows a priority and has neither form is taken as the message of an RFC 3164 packet without header, which section 4.3.3 foresees: the
 * receiver adds its own time and the sender's address.
 */
export function readSyslog(
  packet: string,
  sender: { readonly address: string; readonly nowMs: number },
): SyslogMessage | undefined {
  const found = priority.exec(packet)
  const value = Number(found?.[1])
  if (found === null || value > 191) return undefined
  const rest = packet.slice(found[0].length)
  const text =
    structured(rest, sender) ??
    plain(rest) ??
    `${new Date(sender.nowMs).toISOString()} ${sender.address} ${rest}`
  return { text: oneLine(text), facility: value >> 3, severity: value & 7 }
}

function structured(
  rest: string,
  { nowMs, address }: { readonly address: string; readonly nowMs: number },
): string | undefined {
  const head = rfc5424.exec(rest)
  if (head === null) return undefined
  const [whole, time = '-', host = '-', app = '-', pid = '-'] = head
  const body = afterStructuredData(rest.slice(whole.length))
  if (body === undefined) return undefined
  const when = time === '-' ? new Date(nowMs).toISOString() : time
  return `${when} ${host === '-' ? address : host} ${app}${pid === '-' ? '' : `[${pid}]`}: ${body.replace(/^\ufeff/, '')}`
}

/** What follows the structured data (RFC 5424, section 6.3); undefined when it is malformed. */
function afterStructuredData(text: string): string | undefined {
  if (text === '-' || text.startsWith('- ')) return text.slice(2)
  let at = 0
  while (text[at] === '[') {
    const end = elementEnd(text, at)
    if (end < 0) return undefined
    at = end
  }
  return at === 0 || (at < text.length && text[at] !== ' ') ? undefined : text.slice(at + 1)
}

/** Where an element ends; in values, `\\]`, `\\"` and `\\\\` are escaped. */
function elementEnd(text: string, start: number): number {
  let isQuoted = false
  for (let at = start + 1; at < text.length; at++) {
    const unit = text[at]
    if (isQuoted && unit === '\\') at += 1
    else if (unit === '"') isQuoted = !isQuoted
    else if (unit === ']' && !isQuoted) return at + 1
  }
  return -1
}

function plain(rest: string): string | undefined {
  return rfc3164.test(rest) || isoHead.test(rest) ? rest : undefined
}

/** Breaks and NULs inside a message become spaces: a line of a log is one line. */
function oneLine(text: string): string {
  let end = text.length
  while (end > 0 && isBreak(text.charCodeAt(end - 1))) end -= 1
  return text.slice(0, end).replaceAll(/[\r\n\0]+/g, ' ')
}

const isBreak = (unit: number): boolean => unit === 0x0a || unit === 0x0d || unit === 0
