import { createHmac, timingSafeEqual } from 'node:crypto'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'

/** How long a token holds, as in CrowdSec. */
export const tokenLifetimeMs = 3_600_000
/** Longest token that is looked at. */
export const maxTokenLength = 2_048

const limits = { maxTextLength: 1_024, maxDepth: 2, maxNodes: 10, maxStringLength: 256 }
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
// One algorithm: the header of a token is compared, never obeyed (RFC 8725 section 3.1).
const header = encode({ alg: 'HS256', typ: 'JWT' })

const sign = (text: string, secret: Uint8Array): string =>
  createHmac('sha256', secret).update(text).digest('base64url')

/** What a token says: which machine, and which making of it (a machine deleted and made anew has other tokens). */
export interface TokenSubject {
  readonly name: string
  /** ISO 8601 UTC. */
  readonly created: string
}

/** A JSON Web Token (RFC 7519, HS256) for a machine, with its end. */
export function makeToken(
  subject: TokenSubject,
  secret: Uint8Array,
  nowMs: number,
): { token: string; expire: string } {
  const endMs = nowMs + tokenLifetimeMs
  const claims = {
    sub: subject.name,
    made: subject.created,
    iat: Math.floor(nowMs / 1000),
    exp: Math.floor(endMs / 1000),
  }
  const text = `${header}.${encode(claims)}`
  return { token: `${text}.${sign(text, secret)}`, expire: new Date(endMs).toISOString() }
}

/** Whom a token belongs to; undefined for one that is not ours, was changed, or is over. */
export function readToken(token: string, secret: Uint8Array, nowMs: number): TokenSubject | undefined {
  if (token.length > maxTokenLength) return undefined
  const [head = '', body = '', signature = '', ...rest] = token.split('.')
  if (head !== header || rest.length > 0) return undefined
  const expected = Buffer.from(sign(`${head}.${body}`, secret))
  const given = Buffer.from(signature)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
  const parsed = parseBoundedJson(Buffer.from(body, 'base64url').toString('utf8'), limits)
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  const { sub, made, exp } = parsed.value
  if (typeof sub !== 'string' || typeof made !== 'string' || typeof exp !== 'number') return undefined
  return exp * 1000 > nowMs ? { name: sub, created: made } : undefined
}
