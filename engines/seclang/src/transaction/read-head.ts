import type { RawHeaders, RawRequestHead, RawResponseHead } from '@sevenfold/event'

import type { Pairs } from '../bodies/pairs.ts'
import { readArguments } from '../bodies/url-encoded.ts'
import { readCookies } from './cookies.ts'
import { splitTarget } from './request-target.ts'
import type { Transaction } from './transaction.ts'

/** Fills the variables of phase 1 from the head of a request. */
export function readRequestHead(tx: Transaction, head: RawRequestHead): void {
  const { settings, dialect, headerSlots } = tx.ruleSet
  tx.method = head.method
  tx.targetRaw = head.target
  tx.requestProtocol = protocolOf(head.version)
  tx.requestLine =
    head.version === ''
      ? `${head.method} ${head.target}`
      : `${head.method} ${head.target} ${tx.requestProtocol}`
  tx.target = splitTarget(head.target, dialect === 'libmodsecurity3')
  readHeaders(head.headers, tx.requestHeaders)
  const faults = { invalid: false }
  readArguments(tx.target.query, tx.argsGet, {
    separator: settings.argumentSeparator,
    maxArguments: settings.argumentsLimit,
    faults,
  })
  tx.urlEncodedError = faults.invalid
  for (let row = tx.requestHeaders.names.length - 1; row >= 0; row--) {
    const name = (tx.requestHeaders.names[row] ?? '').toLowerCase()
    const slot = headerSlots.get(name) ?? -1
    tx.headerNext[row] = slot < 0 ? -1 : (tx.headerFirst[slot] ?? -1)
    if (slot >= 0) tx.headerFirst[slot] = row
    if (name === 'content-type') setProcessor(tx, tx.requestHeaders.values[row] ?? '')
  }
  for (const [row, name] of tx.requestHeaders.names.entries()) {
    if (name.length === 6 && name.toLowerCase() === 'cookie') {
      readCookies(tx.requestHeaders.values[row] ?? '', settings.cookieSeparator, tx.cookies)
    }
  }
}

/** Fills the variables of phase 3 from the head of a response. */
export function readResponseHead(tx: Transaction, head: RawResponseHead): void {
  tx.responseStatus = head.status
  tx.responseProtocol = protocolOf(head.version)
  readHeaders(head.headers, tx.responseHeaders)
  const at = tx.responseHeaders.names.findIndex((name) => name.toLowerCase() === 'content-type')
  const type = tx.responseHeaders.values[at] ?? ''
  const end = type.indexOf(';')
  tx.responseContentType = (end < 0 ? type : type.slice(0, end)).trim()
}

function protocolOf(version: string): string {
  if (version === '') return 'HTTP/0.9'
  return version.includes('/') ? version : `HTTP/${version}`
}

function readHeaders(raw: RawHeaders, headers: Pairs): void {
  for (let at = 0; at + 1 < raw.length; at += 2) {
    headers.names.push(raw[at] ?? '')
    headers.values.push(raw[at + 1] ?? '')
  }
}

function setProcessor(tx: Transaction, contentType: string): void {
  const lower = contentType.slice(0, 64).toLowerCase()
  if (lower.startsWith('multipart/form-data')) tx.bodyProcessor = 'MULTIPART'
  else if (lower.startsWith('application/x-www-form-urlencoded')) tx.bodyProcessor = 'URLENCODED'
}
