import { createHash, timingSafeEqual } from 'node:crypto'

/** Where the owner of a site puts the token. */
export const tokenPath = '/.well-known/sevenfold-proof.txt'

/** Length of a token: letters, digits, dashes and underscores. */
export const tokenLength = { least: 20, most: 200 } as const

/** Requests a second: what is sent when nothing is said, and at most. */
export const targetRate = { usual: 2, most: 10 } as const

/** What may be attacked, how fast, and by whose leave. */
export interface TargetScope {
  readonly url: URL
  /** Names of hosts that the user listed; the host of `url` is one of them. */
  readonly allowedHosts: readonly string[]
  readonly token: string
  /** Requests a second. */
  readonly rate: number
  readonly page: string
  readonly post: string | undefined
}

/** Something about the scope that forbids the proof, with what to do. */
export class ScopeError extends Error {
  override readonly name = 'ScopeError'
}

/** Reads a token from the text of a file. Throws `ScopeError`. */
export function readToken(text: string, where: string): string {
  const token = text.trim()
  if (!/^[\w-]+$/.test(token) || token.length < tokenLength.least || token.length > tokenLength.most) {
    throw new ScopeError(
      `${where} holds no token: ${tokenLength.least} to ${tokenLength.most} letters, digits, dashes and underscores`,
    )
  }
  return token
}

/** The URL to attack, when its host is one that the user listed. Throws `ScopeError`. */
export function readTarget(text: string, allowedHosts: readonly string[]): URL {
  if (!URL.canParse(text)) throw new ScopeError(`--target ${text} is no URL; write https://shop.example.org`)
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new ScopeError(`--target takes http or https, not ${url.protocol}`)
  if (url.username !== '' || url.password !== '')
    throw new ScopeError('--target takes no user and no password')
  if (!allowedHosts.includes(url.hostname)) {
    throw new ScopeError(
      `${url.hostname} is not listed; add --allow-host ${url.hostname} if the site is yours`,
    )
  }
  return url
}

/** True when the site's file says the same token; compared in constant time. */
export function provesOwner(answer: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(answer.trim()), digest(token))
}

/** The first characters of the token's digest, for the report: names the token without telling it. */
export function tokenDigest(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 16)
}
