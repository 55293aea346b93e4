import { describe, expect, it } from 'vitest'
import { headerKind, headerKindOf } from './header-kind.ts'
import { findHeader, listHeaders } from './header-list.ts'
import { parseHost } from './host.ts'

describe('parseHost', () => {
  const good: Readonly<Record<string, string>> = {
    'Shop.Example': 'shop.example',
    'shop.example:8080': 'shop.example:8080',
    'a_b.example': 'a_b.example',
    'shop.example.': 'shop.example.',
    '127.0.0.1:1': '127.0.0.1:1',
    '[::1]': '[::1]',
    '[2001:DB8::1]:443': '[2001:db8::1]:443',
  }
  for (const [text, authority] of Object.entries(good)) {
    it(`reads ${text}`, () => {
      expect(parseHost(text)?.authority).toBe(authority)
      expect(parseHost(text)).toBe(parseHost(text))
    })
  }

  it('refuses a host that is longer than DNS allows', () => {
    expect(parseHost('a'.repeat(261))).not.toBeNull()
    expect(parseHost('a'.repeat(262))).toBeNull()
  })

  it('forgets old spellings instead of growing', () => {
    for (let i = 0; i < 2000; i += 1) expect(parseHost(`h${i}.test`)?.name).toBe(`h${i}.test`)
  })
})

describe('headerKindOf', () => {
  const kindOf = (name: string): number => headerKindOf(`x: y\r\n${name}: z`, 6, 6 + name.length)
  const cases: Readonly<Record<string, number>> = {
    Host: headerKind.host,
    'CONTENT-length': headerKind.contentLength,
    transfer_encoding: headerKind.transferEncoding,
    'X-Forwarded-For': headerKind.forwardedFor,
    'x_forwarded-Anything': headerKind.claim,
    'X-Sevenfold-Canary': headerKind.canary,
    'X-Sevenfold-Other': headerKind.removed,
    'X-Forwarded-': headerKind.other,
    'X-Forward': headerKind.other,
    Hosts: headerKind.other,
    Hos: headerKind.other,
    Cookie: headerKind.other,
    [`X-${'a'.repeat(100)}`]: headerKind.other,
  }
  for (const [name, kind] of Object.entries(cases)) {
    it(`knows ${name.slice(0, 30)}`, () => expect(kindOf(name)).toBe(kind))
  }
})

describe('header lists', () => {
  const head = 'GET / HTTP/1.1\r\nHost: a\r\nX:1\r\nx: 2 \r\nEmpty:\r\n'
  it('hold names and values in wire order', () => {
    expect(listHeaders(head)).toEqual(['Host', 'a', 'X', '1', 'x', '2', 'Empty', ''])
  })
  it('find the first value of a name', () => {
    expect(findHeader(head, 'x')).toBe('1')
    expect(findHeader(head, 'empty')).toBe('')
    expect(findHeader(head, 'none')).toBeUndefined()
  })
})
