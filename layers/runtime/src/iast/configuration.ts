import crypto from 'node:crypto'
import { ServerResponse } from 'node:http'
import { patchAbove } from '../agent/hooks/patch.ts'
import type { AnyFunction } from '../agent/hooks/patch.ts'
import { readStack } from '../agent/profile/call-site.ts'
import { exchanges } from '../agent/exchanges.ts'
import { currentRequest } from '../agent/request-context.ts'
import { unfollowed } from './follow-strings.ts'
import type { Weakness, WeaknessName } from './weakness.ts'

const weakHashes = /^(?:md[245]|md5-sha1|sha-?1|rsa-(?:md5|sha1)|ripemd)/i
const weakCiphers = /^(?:des|rc[24]|bf|blowfish|cast|idea|seed)|-ecb$/i

type Add = (weakness: Weakness) => void

/** The nearest line on the stack if it is the application's own; a package may have its reasons. */
function ownPlace(): string | undefined {
  const [nearest] = readStack()
  if (nearest === undefined || nearest.file.includes('node_modules')) return undefined
  return `${nearest.file}:${nearest.line}:${nearest.column}`
}

function requestNow(): string {
  const context = currentRequest.getStore()
  return context === undefined
    ? ''
    : `${context.request.method} ${(context.request.url ?? '').split('?', 1)[0]}`
}

function report(add: Add, name: WeaknessName, sink: string, detail: string): void {
  unfollowed(() => {
    const place = ownPlace()
    if (place !== undefined) add({ name, sink, place, detail, request: requestNow() })
  })
}

function noting(note: (args: readonly unknown[]) => void): (original: AnyFunction) => AnyFunction {
  return (original) =>
    function (this: unknown, ...args: unknown[]): unknown {
      note(args)
      return original.apply(this, args)
    }
}

function watchCrypto(add: Add): void {
  const byName =
    (name: WeaknessName, sink: string, weak: RegExp) =>
    ([algorithm]: readonly unknown[]): void => {
      if (typeof algorithm === 'string' && weak.test(algorithm)) report(add, name, sink, algorithm)
    }
  for (const name of ['createHash', 'createHmac', 'hash'])
    patchAbove(crypto, name, noting(byName('weak-hash', `crypto.${name}`, weakHashes)))
  for (const name of ['createCipheriv', 'createDecipheriv', 'createCipher'])
    patchAbove(crypto, name, noting(byName('weak-cipher', `crypto.${name}`, weakCiphers)))
  patchAbove(
    Math,
    'random',
    noting(() => {
      if (currentRequest.getStore() !== undefined)
        report(add, 'weak-randomness', 'Math.random', 'a guessable number')
    }),
  )
}

const cookieFlags = ['Secure', 'HttpOnly', 'SameSite']
const htmlHeaders = ['content-security-policy', 'x-content-type-options']

function checkHead(add: Add, response: ServerResponse): void {
  const context = exchanges.find(response)
  if (context === undefined) return
  const request = `${context.request.method} ${(context.request.url ?? '').split('?', 1)[0]}`
  const cookies = response.getHeader('set-cookie')
  for (const cookie of [cookies ?? []].flat()) {
    const text = String(cookie)
    const missing = cookieFlags.filter((flag) => !new RegExp(`;\\s*${flag}`, 'i').test(text))
    const name = text.split('=', 1)[0] ?? ''
    if (missing.length > 0)
      add({
        name: 'insecure-cookie',
        sink: 'set-cookie',
        place: '',
        detail: `${name} lacks ${missing.join(', ')}`,
        request,
      })
  }
  if (!String(response.getHeader('content-type') ?? '').includes('html')) return
  const absent = htmlHeaders.filter((name) => !response.hasHeader(name))
  if (absent.length > 0)
    add({
      name: 'missing-header',
      sink: 'http.ServerResponse',
      place: '',
      detail: absent.join(', '),
      request: '',
    })
}

function watchHeads(add: Add): void {
  const told = new Set<string>()
  // One word for each: an application lacks a header everywhere or nowhere.
  const once: Add = (weakness) => {
    const key = weakness.name + weakness.detail
    if (told.has(key)) return
    told.add(key)
    add(weakness)
  }
  patchAbove(
    ServerResponse.prototype,
    'end',
    (end) =>
      function (this: unknown, ...args: unknown[]): unknown {
        try {
          unfollowed(() => checkHead(once, this as ServerResponse))
        } catch {
          // an answer of somebody's own making
        }
        return end.apply(this, args)
      },
  )
}

// Names that hold secrets, followed by a literal that is long enough to be one and is no placeholder.
const assigned =
  /(?<![\w-])([\w-]{0,64}(?:password|passwd|secret|api[_-]?key|auth[_-]?token|access[_-]?token|private[_-]?key)[\w-]*)['"]?\s*[:=]\s*(['"])([^'"\s]{8,200})\2/gi
const shaped =
  /AKIA[0-9A-Z]{16}|-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY-----|gh[pousr]_[A-Za-z0-9]{36}|xox[abprs]-[A-Za-z0-9-]{10,}|sk_live_[A-Za-z0-9]{16,}/g
const placeholder =
  /^(?:x+|\*+|<.*>|\$\{.*|process\.env.*|changeme|example.*|password|undefined|string|(?:[a-z]+[_-]?)*(?:password|secret|token|key))$/i

/** Secrets that stand in a source, with their positions. The secret itself is not repeated. */
export function findSecrets(source: string): readonly { readonly index: number; readonly what: string }[] {
  const found: { index: number; what: string }[] = []
  for (const match of source.matchAll(assigned)) {
    const [, name = '', , value = ''] = match
    if (!placeholder.test(value) && value !== name) found.push({ index: match.index, what: name })
  }
  for (const match of source.matchAll(shaped)) found.push({ index: match.index, what: match[0].slice(0, 8) })
  return found
}

/** Watches for weaknesses that no input is needed for. */
export function watchConfiguration(add: Add): void {
  watchCrypto(add)
  watchHeads(add)
}
