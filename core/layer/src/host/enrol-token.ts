import { isJsonObject, isPartName, parseBoundedJson } from '@sevenfold/event'
import type { PartName } from '@sevenfold/event'
import { LayerError } from '../error.ts'
import { isHostName } from './host-identity.ts'

/** What a person carries from the host of the backbone to a host that joins. */
export interface EnrolToken {
  /** Where to enrol, `https://…`. */
  readonly url: string
  /** SHA-256 of the root certificate, 64 lower-case hex digits: nobody in between can pose as the backbone. */
  readonly fingerprint: string
  /** The secret: 32 random bytes, base64url. */
  readonly secret: string
  readonly host: string
  readonly layer: PartName
}

/** Longest token, in characters. */
export const maxTokenLength = 4096

const limits = { maxTextLength: maxTokenLength, maxDepth: 2, maxNodes: 12, maxStringLength: 2048 }

/** A token as one word. */
export function encodeEnrolToken(token: EnrolToken): string {
  const { url, fingerprint, secret, host, layer } = token
  return `sf1.${Buffer.from(JSON.stringify({ u: url, f: fingerprint, s: secret, h: host, l: layer })).toString('base64url')}`
}

function malformed(why: string): LayerError {
  return new LayerError('LAYER_TOKEN_INVALID', `the token ${why}`, {
    hint: 'copy the whole word that sevenfold enrol token printed',
  })
}

/** True for an address to enrol at: https, a host, a port, and nothing behind it. */
export function isHostsUrl(text: unknown): text is string {
  if (typeof text !== 'string' || text.length > 300 || !URL.canParse(text)) return false
  const { protocol, pathname, search, hash, username, password } = new URL(text)
  return protocol === 'https:' && `${pathname}${search}${hash}${username}${password}` === '/'
}

/** Reads a token. @throws LayerError LAYER_TOKEN_INVALID; the message never holds the token. */
export function decodeEnrolToken(text: string): EnrolToken {
  const word = text.trim()
  if (word.length > maxTokenLength || !/^sf1\.[\w-]+$/.test(word)) throw malformed('is not one of ours')
  const parsed = parseBoundedJson(Buffer.from(word.slice(4), 'base64url').toString('utf8'), limits)
  if (!parsed.ok || !isJsonObject(parsed.value)) throw malformed('is cut off or changed')
  const { u: url, f: fingerprint, s: secret, h: host, l: layer } = parsed.value
  if (!isHostsUrl(url)) throw malformed('names no https address')
  if (typeof fingerprint !== 'string' || !/^[0-9a-f]{64}$/.test(fingerprint))
    throw malformed('names no fingerprint')
  if (typeof secret !== 'string' || !/^[\w-]{43}$/.test(secret)) throw malformed('holds no secret')
  if (!isHostName(host) || !isPartName(layer)) throw malformed('names no host and layer')
  return { url, fingerprint, secret, host, layer }
}
