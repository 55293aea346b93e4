import type { IncomingMessage } from 'node:http'
import { readBase64 } from './variants.ts'
import { isDullHeader } from './collect.ts'

// Words and what stands between them: no dot, colon or escape, and so neither an address with dots nor a scheme.
const plainTarget = /^[\w\-/?=&]*$/
// An address as one number: below eight digits it begins with a zero.
const number = /\d{8}|0x/i
const longRun = /[\w/-]{8,}/g
// What browsers and programs say of themselves: the name of a product, which a parser of addresses takes for the host.
const product = /^([A-Za-z][\w-]*)\/[^%\\]*$/

/** Could a run of words be a text in base64, alone or in one of the segments of a path? */
function mayBeEncoded(run: string): boolean {
  const path = run.startsWith('/') ? run.slice(1) : run
  if (readBase64(path) !== undefined) return true
  return path.includes('/') && path.split('/').some((segment) => readBase64(segment) !== undefined)
}

function headerMayName(name: string, value: unknown, host: string): boolean {
  if (isDullHeader(name)) return false
  if (name !== 'user-agent' || typeof value !== 'string') return true
  return product.exec(value)?.[1]?.toLowerCase() === host || !product.test(value)
}

/**
 * False when a request without a body surely names no such host, in whatever spelling, which is cheaper to know than all of
 * its inputs. True is no answer.
 */
export function mayNameHost({ url = '', headers }: IncomingMessage, outgoing: string): boolean {
  const host = outgoing.toLowerCase()
  if (!plainTarget.test(url) || number.test(url) || host.startsWith('0.')) return true
  if (!host.includes('.') && url.toLowerCase().includes(host)) return true
  for (const name of Object.keys(headers)) if (headerMayName(name, headers[name], host)) return true
  for (const run of url.match(longRun) ?? []) if (mayBeEncoded(run)) return true
  return false
}
