import type { IncomingHttpHeaders } from 'node:http'
import { surroundings } from './surroundings.ts'
import { readBase64 } from './variants.ts'
import { isDullHeader } from './collect.ts'

// Words and what stands between them: no dot, colon or escape, and so neither an address with dots nor a scheme.
const plainTarget = /^[\w\-/?=&]*$/
// An address as one number: below eight digits it begins with a zero.
const number = /\d{8}|0x/i
const longRun = /[\w/-]{8,}/g
// What browsers and programs say of themselves: the name of a product, which a parser of addresses takes for the host.
const product = /^([A-Za-z][\w-]*)\/[^%\\]*$/
// Cookies and other values of words.
const plainValue = /^[\w\-=; ]*$/

/** Could a run of words be a text in base64, alone or in one of the segments of a path? */
function mayBeEncoded(run: string): boolean {
  const path = run.startsWith('/') ? run.slice(1) : run
  if (readBase64(path) !== undefined) return true
  return path.includes('/') && path.split('/').some((segment) => readBase64(segment) !== undefined)
}

/** Is there nothing in a text but words that are no number and no text in base64? */
function hasPlainWords(text: string): boolean {
  return !number.test(text) && !(text.match(longRun) ?? []).some(mayBeEncoded)
}

function isPlainHeader(name: string, value: unknown): boolean {
  if (isDullHeader(name) || surroundings.includes(name)) return true
  if (typeof value !== 'string') return false
  return name === 'user-agent' ? product.test(value) : plainValue.test(value) && hasPlainWords(value)
}

/**
 * True when the head of a request surely names no address and no host with a dot, in whatever spelling: it is made of words.
 * Much cheaper to know than all of its inputs. False is no answer.
 */
export function hasPlainHead(target: string, headers: IncomingHttpHeaders): boolean {
  if (!plainTarget.test(target) || !hasPlainWords(target)) return false
  for (const name of Object.keys(headers)) if (!isPlainHeader(name, headers[name])) return false
  return true
}

/** Could a head that is plain name this host after all? By a word, when the host has no dot, or by a short number. */
export function mayNameWord(target: string, headers: IncomingHttpHeaders, host: string): boolean {
  if (host.startsWith('0.')) return true
  if (host.includes('.')) return false
  const word = host.toLowerCase()
  if (target.toLowerCase().includes(word)) return true
  return Object.values(headers).some((value) => String(value).toLowerCase().includes(word))
}
