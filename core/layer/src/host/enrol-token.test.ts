import { describe, expect, it } from 'vitest'
import { decodeEnrolToken, encodeEnrolToken, isHostsUrl, maxTokenLength } from './enrol-token.ts'
import type { EnrolToken } from './enrol-token.ts'

const token: EnrolToken = {
  url: 'https://10.77.0.1:7750',
  fingerprint: 'ab'.repeat(32),
  secret: 'A'.repeat(43),
  host: 'web2',
  layer: 'edge',
}

const changed = (change: object): string =>
  `sf1.${Buffer.from(JSON.stringify({ u: token.url, f: token.fingerprint, s: token.secret, h: 'web2', l: 'edge', ...change })).toString('base64url')}`

describe('a token to enrol with', () => {
  it('is one word that gives the same again, also with a newline behind it', () => {
    const word = encodeEnrolToken(token)
    expect(word).toMatch(/^sf1\.[\w-]+$/)
    expect(decodeEnrolToken(`${word}\n`)).toEqual(token)
  })

  it.each([
    ['nothing', ''],
    ['another word', 'hello'],
    ['a token that was cut off', encodeEnrolToken(token).slice(0, -9)],
    ['a token that is too long', `sf1.${'A'.repeat(maxTokenLength)}`],
    ['an address without encryption', changed({ u: 'http://10.77.0.1:7750' })],
    ['an address with a path', changed({ u: 'https://10.77.0.1:7750/x' })],
    ['an address with a password', changed({ u: 'https://a:b@10.77.0.1:7750' })],
    ['a fingerprint that is too short', changed({ f: 'ab' })],
    ['a secret that is too short', changed({ s: 'A'.repeat(42) })],
    ['a host that is none', changed({ h: '../x' })],
    ['a layer that is none', changed({ l: 'door' })],
    ['a list', `sf1.${Buffer.from('[]').toString('base64url')}`],
  ])('is refused when it is %s, and the error does not repeat it', (_what, text) => {
    let message = ''
    try {
      decodeEnrolToken(text)
    } catch (error) {
      message = error instanceof Error ? error.message : ''
    }
    expect(message).toMatch(/^the token /)
    expect(message).not.toContain('AAAA')
  })

  it('names an https address and nothing behind it', () => {
    expect(isHostsUrl('https://[::1]:7750')).toBe(true)
    expect(isHostsUrl('https://backbone.example.org')).toBe(true)
    expect(isHostsUrl('https://backbone.example.org/?x')).toBe(false)
    expect(isHostsUrl(`https://${'a'.repeat(300)}`)).toBe(false)
    expect(isHostsUrl(undefined)).toBe(false)
  })
})
