import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { canonicalAddress, parseRange } from './address.ts'
import { createNeverBan, ownAddresses } from './never-ban.ts'

describe('the one spelling of an address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:C000:0207', '192.0.2.7'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8::0001', '2001:db8::1'],
    ['::', '::'],
  ])('of %s is %s', (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical)
  })

  it.each([
    '',
    '192.0.2',
    '192.0.2.256',
    '0x7f.1',
    'fe80::1%eth0',
    'example.org',
    '192.0.2.7 ',
    '1'.repeat(100),
    '[::1]',
  ])('does not exist for %j', (text) => {
    expect(canonicalAddress(text)).toBeUndefined()
  })

  it('is its own spelling', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const once = canonicalAddress(text)
        expect(once).toBeDefined()
        expect(canonicalAddress(once ?? '')).toBe(once)
      }),
    )
  })
})

describe('ranges', () => {
  it.each([
    ['192.0.2.0/24', { address: '192.0.2.0', prefix: 24, family: 'ipv4' }],
    ['192.0.2.7', { address: '192.0.2.7', prefix: 32, family: 'ipv4' }],
    ['2001:DB8::/32', { address: '2001:db8::', prefix: 32, family: 'ipv6' }],
    ['0.0.0.0/0', { address: '0.0.0.0', prefix: 0, family: 'ipv4' }],
  ])('%s is read', (text, range) => {
    expect(parseRange(text)).toEqual(range)
  })

  it.each([
    '192.0.2.0/33',
    '2001:db8::/129',
    '192.0.2.0/',
    '192.0.2.0/-1',
    '192.0.2.0/1/2',
    'x/8',
    '192.0.2.0/2a',
  ])('%s is none', (text) => {
    expect(parseRange(text)).toBeUndefined()
  })
})

describe('never banned', () => {
  const list = createNeverBan({
    listed: ['203.0.113.0/24', '2001:db8:5::/48'],
    proxies: ['198.51.100.1'],
    own: ['127.0.0.1', '10.1.2.3'],
  })

  it.each([
    ['203.0.113.200', 'listed'],
    ['2001:db8:5::77', 'listed'],
    ['198.51.100.1', 'declared-proxy'],
    ['127.0.0.1', 'own-interface'],
    ['::ffff:127.0.0.1', 'own-interface'],
    ['10.1.2.3', 'own-interface'],
    ['0.0.0.0', 'unspecified'],
    ['::', 'unspecified'],
  ])('is %s, because %s', (address, reason) => {
    expect(list.reasonFor(address)).toBe(reason)
  })

  it.each(['127.0.0.66', '10.1.2.4', '203.0.114.1', '198.51.100.2', '2001:db8:6::1', 'not an address'])(
    'is not %s',
    (address) => {
      expect(list.reasonFor(address)).toBeUndefined()
    },
  )

  it.each([
    ['203.0.113.0/25', 'listed'],
    ['203.0.112.0/20', 'listed'],
    ['10.0.0.0/8', 'own-interface'],
    ['0.0.0.0/0', 'unspecified'],
    ['192.0.2.0/24', undefined],
    ['2001:db8::/32', 'listed'],
  ])('is a range with such an address in it: %s', (range, reason) => {
    expect(list.reasonFor(range)).toBe(reason)
  })

  it('knows the addresses of this machine by itself', () => {
    expect(ownAddresses()).toContain('127.0.0.1')
    expect(createNeverBan({ listed: [], proxies: [] }).reasonFor('127.0.0.1')).toBe('own-interface')
  })
})
