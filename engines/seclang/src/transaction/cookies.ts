import { addPair } from '../bodies/pairs.ts'
import type { Pairs } from '../bodies/pairs.ts'

/** Most cookies of one request; further ones are not looked at one by one (REQUEST_HEADERS still holds them). */
export const maxCookies = 1000

/** Adds the cookies of one Cookie header; values are not decoded, as in the peers. */
export function readCookies(header: string, separator: string, cookies: Pairs): void {
  for (const piece of header.split(separator)) {
    if (cookies.names.length >= maxCookies) return
    const split = piece.indexOf('=')
    const name = (split < 0 ? piece : piece.slice(0, split)).trim()
    const value = split < 0 ? '' : piece.slice(split + 1).trim()
    if (name !== '') addPair(cookies, name, value)
  }
}
