import { describe, expect, it } from 'vitest'
import { ScopeError, provesOwner, readTarget, readToken, tokenDigest, tokenLength } from './scope.ts'

describe('readTarget', () => {
  it('takes a URL whose host was listed by hand', () => {
    expect(readTarget('https://shop.example.org/x', ['shop.example.org']).hostname).toBe('shop.example.org')
  })

  it.each([
    ['shop.example.org', ['shop.example.org'], 'no URL'],
    ['ftp://shop.example.org', ['shop.example.org'], 'http or https'],
    ['https://a:b@shop.example.org', ['shop.example.org'], 'no user'],
    ['https://shop.example.org', [], '--allow-host shop.example.org'],
    ['https://shop.example.org', ['example.org'], 'not listed'],
    ['https://shop.example.org.evil.example', ['shop.example.org'], 'not listed'],
    ['https://shop.example.org@evil.example', ['shop.example.org'], 'no user'],
  ])('refuses %s with %j listed', (url, hosts, why) => {
    expect(() => readTarget(url, hosts)).toThrow(ScopeError)
    expect(() => readTarget(url, hosts)).toThrow(why)
  })
})

describe('readToken', () => {
  it.each([tokenLength.least, tokenLength.most])('takes %i characters', (length) => {
    expect(readToken(` ${'a'.repeat(length)}\n`, 'f')).toHaveLength(length)
  })
  it.each([tokenLength.least - 1, tokenLength.most + 1])('refuses %i characters', (length) => {
    expect(() => readToken('a'.repeat(length), 'f')).toThrow('f holds no token')
  })
  it('refuses other characters', () => {
    expect(() => readToken('a'.repeat(20) + ' b', 'f')).toThrow(ScopeError)
  })
})

describe('provesOwner', () => {
  const token = 'k'.repeat(24)
  it('wants the very text, blanks at the ends aside', () => {
    expect(provesOwner(`${token}\n`, token)).toBe(true)
    expect(provesOwner(`${token}k`, token)).toBe(false)
    expect(provesOwner(`<html>${token}</html>`, token)).toBe(false)
  })
})

describe('tokenDigest', () => {
  it('does not tell the token', () => {
    expect(tokenDigest('k'.repeat(24))).toMatch(/^[\da-f]{16}$/)
  })
})
