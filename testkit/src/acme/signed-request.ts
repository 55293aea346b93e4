import { Buffer } from 'node:buffer'
import { createHash, createPublicKey, verify } from 'node:crypto'
import type { JsonWebKey, KeyObject } from 'node:crypto'

/** A request body of ACME after its signature was checked (RFC 8555 section 6.2). */
export interface SignedRequest {
  readonly nonce: string
  readonly url: string
  /** Account URL; empty for a new account. */
  readonly account: string
  readonly jwk: JsonWebKey | null
  readonly payload: Readonly<Record<string, unknown>>
}

function decode(part: unknown): Record<string, unknown> {
  const text = Buffer.from(String(part), 'base64url').toString('utf8')
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) // whatever it is, members are checked at use
}

function keyOf(jwk: JsonWebKey): KeyObject {
  return createPublicKey({ key: jwk, format: 'jwk' })
}

/** Digest of a public key as accounts and challenges name it (RFC 7638). */
export function thumbprint(jwk: JsonWebKey): string {
  const members = jwk.kty === 'RSA' ? (['e', 'kty', 'n'] as const) : (['crv', 'kty', 'x', 'y'] as const)
  const text = JSON.stringify(Object.fromEntries(members.map((name) => [name, jwk[name]])))
  return createHash('sha256').update(text).digest('base64url')
}

/**
 * Checks a signed body. @throws Error when it is malformed or its signature is wrong.
 * @param accounts keys by account URL.
 */
export function readSignedRequest(body: string, accounts: ReadonlyMap<string, JsonWebKey>): SignedRequest {
  const outer = JSON.parse(body) as Record<string, unknown> // members are checked below
  const header = decode(outer['protected'])
  const { jwk, kid } = header
  const own = typeof jwk === 'object' && jwk !== null ? (jwk as JsonWebKey) : null
  const known = own ?? accounts.get(String(kid))
  if (known === undefined) throw new Error('unknown account')
  const data = Buffer.from(`${String(outer['protected'])}.${String(outer['payload'])}`)
  const signature = Buffer.from(String(outer['signature']), 'base64url')
  const key = keyOf(known)
  const form = known.kty === 'RSA' ? key : { key, dsaEncoding: 'ieee-p1363' as const }
  if (!verify('sha256', data, form, signature)) throw new Error('the signature is wrong')
  return {
    nonce: String(header['nonce']),
    url: String(header['url']),
    account: own === null ? String(kid) : '',
    jwk: own,
    payload: decode(outer['payload']),
  }
}
