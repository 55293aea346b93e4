import { describe, expect, it } from 'vitest'
import { hostOf, maxUrlLength, readTarget } from './target.ts'

describe('readTarget', () => {
  const hosts: readonly (readonly [string, string])[] = [
    ['http://2130706433/', '127.0.0.1'],
    ['http://0x7f000001/', '127.0.0.1'],
    ['http://0177.0.0.1/', '127.0.0.1'],
    ['http://127.1/', '127.0.0.1'],
    ['http://[::ffff:127.0.0.1]/', '::ffff:7f00:1'],
    ['http://①②⑦.⓪.⓪.①/', '127.0.0.1'],
    ['http://EXAMPLE.org./', 'example.org.'],
  ]
  for (const [text, host] of hosts) {
    it(`reads the host of ${text} as ${host}`, () => expect(hostOf(readTarget(text))).toBe(host))
  }

  const bad = [
    '',
    'example.org',
    'ftp://a/',
    'file:///etc/passwd',
    'http://',
    'http://a b/',
    'http://a\t/',
    'http:\\\\a\\',
    'http://u:p@a/',
    'http://u@a/',
    'gopher://a',
    'http://a/\n',
    'http://[::1',
    'http://a:99999/',
  ]
  for (const text of bad) {
    it(`refuses ${JSON.stringify(text)}`, () =>
      expect(() => readTarget(text)).toThrow(expect.objectContaining({ code: 'OUTBOUND_URL' })))
  }

  it('takes a URL of exactly the length and refuses one character more', () => {
    const url = `http://a/${'x'.repeat(maxUrlLength - 9)}`
    expect(readTarget(url).href).toHaveLength(maxUrlLength)
    expect(() => readTarget(`${url}x`)).toThrow(/longer/)
  })
})
