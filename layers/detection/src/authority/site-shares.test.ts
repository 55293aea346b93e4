import { describe, expect, it } from 'vitest'
import { SiteShares, isPrivateAddress, maxAddresses, minRequests, shareWindowMs } from './site-shares.ts'

describe('private addresses', () => {
  it.each([
    ['10.0.0.1', true],
    ['172.16.0.1', true],
    ['172.31.255.255', true],
    ['172.32.0.1', false],
    ['192.168.1.1', true],
    ['169.254.1.1', true],
    ['100.64.0.1', true],
    ['100.128.0.1', false],
    ['127.0.0.66', false],
    ['8.8.8.8', false],
    ['fd00::1', true],
    ['fe80::1', true],
    ['2001:db8::1', false],
    ['::1', false],
  ])('%s: %s', (address, isPrivate) => {
    expect(isPrivateAddress(address)).toBe(isPrivate)
  })
})

describe('shares of a site', () => {
  const fill = (shares: SiteShares, counts: Readonly<Record<string, number>>, nowMs = 0): void => {
    for (const [address, count] of Object.entries(counts))
      for (let i = 0; i < count; i += 1) shares.note('shop', address, nowMs)
  }

  it('name a private address with more than a fifth of the requests', () => {
    const shares = new SiteShares()
    fill(shares, { '172.17.0.1': 21, '172.17.0.2': 20, '198.18.0.1': 59 })
    expect(shares.sharedAt('172.17.0.1', 0)).toBe('shop')
    expect(shares.sharedAt('172.17.0.2', 0)).toBeUndefined()
    expect(shares.sharedAt('198.18.0.1', 0)).toBeUndefined()
  })

  it('say nothing before a site has been busy', () => {
    const shares = new SiteShares()
    fill(shares, { '172.17.0.1': minRequests - 1 })
    expect(shares.sharedAt('172.17.0.1', 0)).toBeUndefined()
    shares.note('shop', '172.17.0.1', 0)
    expect(shares.sharedAt('172.17.0.1', 0)).toBe('shop')
  })

  it('are of this time, not of long ago', () => {
    const shares = new SiteShares()
    fill(shares, { '172.17.0.1': 200 })
    expect(shares.sharedAt('172.17.0.1', shareWindowMs)).toBe('shop')
    expect(shares.sharedAt('172.17.0.1', shareWindowMs * 2)).toBeUndefined()
  })

  it('are counted for each site by itself, with a bound', () => {
    const shares = new SiteShares()
    fill(shares, { '10.0.0.1': 200 })
    for (let i = 0; i < 2_000; i += 1) shares.note('other', '198.18.0.1', 0)
    expect(shares.sharedAt('10.0.0.1', 0)).toBe('shop')
    for (let i = 0; i < maxAddresses + 10; i += 1) shares.note('third', `10.1.${i >> 8}.${i & 255}`, 0)
    expect(shares.sharedAt('10.1.0.1', 0)).toBeUndefined()
  })
})
