import { describe, expect, it } from 'vitest'
import { clientAddress, createNetworkSet, maxForwardedEntries } from './client-address.ts'

const proxies = createNetworkSet(['10.0.0.0/8', '192.0.2.1', '2001:db8::/32'])

describe('clientAddress', () => {
  const cases: readonly (readonly [name: string, peer: string, forwarded: string, expected: string])[] = [
    ['the peer when it is no proxy, whatever it claims', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['the peer when nothing is claimed', '10.0.0.1', '', '10.0.0.1'],
    ['the only entry of a proxy', '10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['the rightmost entry that is no proxy', '10.0.0.1', '1.1.1.1, 198.51.100.1, 10.0.0.2', '198.51.100.1'],
    ['not what an attacker wrote left of it', '10.0.0.1', '127.0.0.1, 198.51.100.1', '198.51.100.1'],
    ['the leftmost proxy when all are proxies', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['the proxy itself when the entry is garbage', '10.0.0.1', 'unknown', '10.0.0.1'],
    ['the last good entry when one left of it is garbage', '10.0.0.1', '1.1.1.1, <x>, 10.0.0.2', '10.0.0.2'],
    ['an entry with a port', '10.0.0.1', '198.51.100.1:5000', '198.51.100.1'],
    ['an IPv6 entry', '2001:db8::5', '2a00::1', '2a00::1'],
    ['an IPv6 entry with brackets and port', '10.0.0.1', '"[2a00::1]:80"', '2a00::1'],
    ['the peer for an empty list', '10.0.0.1', ' , ,', '10.0.0.1'],
  ]
  for (const [name, peer, forwarded, expected] of cases) {
    it(`is ${name}`, () => expect(clientAddress(peer, forwarded, proxies)).toBe(expected))
  }

  it('looks at a bounded number of entries', () => {
    const list = ['198.51.100.1', ...Array.from({ length: maxForwardedEntries }, () => '10.0.0.2')].join(',')
    expect(clientAddress('10.0.0.1', list, proxies)).toBe('10.0.0.2')
    const fits = ['198.51.100.1', ...Array.from({ length: maxForwardedEntries - 1 }, () => '10.0.0.2')].join(
      ',',
    )
    expect(clientAddress('10.0.0.1', fits, proxies)).toBe('198.51.100.1')
  })

  it('refuses a set with a malformed network', () => {
    expect(() => createNetworkSet(['10.0.0.0/33'])).toThrow('10.0.0.0/33')
  })
})
