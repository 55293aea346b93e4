import { describe, expect, it } from 'vitest'
import { createRedactor, isCardNumber, isSecretName } from './redact.ts'

const redactor = createRedactor(new Uint8Array(32).fill(7))

describe('isSecretName', () => {
  it.each([
    'password',
    'userPassword',
    'X-Api-Key',
    'apikey',
    'access_token',
    'Authorization',
    'Cookie',
    'Set-Cookie',
    'session',
    'PHPSESSID_sid',
    'csrf',
    'user[password]',
    'cvv',
    'client_secret',
    'JWT',
  ])('knows %s', (name) => expect(isSecretName(name)).toBe(true))
  it.each(['q', 'page', 'compass', 'author', 'spinner', 'category', 'passenger', 'tokenizer', 'description'])(
    'leaves %s alone',
    (name) => expect(isSecretName(name)).toBe(false),
  )
  it('takes a name too long to read for a secret', () => {
    expect(isSecretName('a'.repeat(257))).toBe(true)
  })
})

describe('redactor', () => {
  it('hashes equal secrets equally and with another key differently', () => {
    const other = createRedactor(new Uint8Array(32).fill(8))
    expect(redactor.hash('s3cret')).toBe(redactor.hash('s3cret'))
    expect(redactor.hash('s3cret')).not.toBe(other.hash('s3cret'))
    expect(redactor.hash('')).toBe('')
  })

  it('hashes secret-named parameters, also with an escaped name', () => {
    expect(redactor.query('a=1&password=x&p%61ssword=y')).toMatch(
      /^a=1&password=hmac:\w+&p%61ssword=hmac:\w+$/,
    )
  })

  it('keeps a query with a broken escape or without values readable', () => {
    expect(redactor.query('%zz=1&flag&=x')).toBe('%zz=1&flag&=x')
  })

  it('hides card numbers and leaves other long numbers', () => {
    expect(redactor.text('card 4111 1111 1111 1111 ok')).toMatch(/^card hmac:\w+ ok$/)
    expect(redactor.text('order 4111111111111112')).toBe('order 4111111111111112')
  })

  it('cuts text at 200 characters', () => {
    expect(redactor.text('y'.repeat(200))).toHaveLength(200)
    expect(redactor.text('y'.repeat(201))).toHaveLength(200)
  })
})

describe('isCardNumber', () => {
  it.each(['4111111111111111', '5500-0000-0000-0004', '378282246310005'])('accepts %s', (n) =>
    expect(isCardNumber(n)).toBe(true),
  )
  it.each(['411111111111', '4111111111111112', '41111111111111111111', 'x'])('refuses %s', (n) =>
    expect(isCardNumber(n)).toBe(false),
  )
})
