import { describe, expect, it } from 'vitest'
import { RateKeys } from './rate-key.ts'

const secret = Buffer.from('0123456789abcdef')

function key(address: string, of: 'address' | 'prefix' = 'address', space = 1) {
  const keys = new RateKeys(secret)
  keys.client(address)
  return { ...keys[of](space) }
}

describe('keys of counters', () => {
  it('are one for each IPv4 address and one for each IPv6 /64', () => {
    expect(key('192.0.2.1')).not.toEqual(key('192.0.2.2'))
    expect(key('2001:db8:1:2::1')).toEqual(key('2001:db8:1:2:ffff::9'))
    expect(key('2001:db8:1:2::1')).not.toEqual(key('2001:db8:1:3::1'))
    expect(key('::ffff:192.0.2.1')).toEqual(key('192.0.2.1'))
  })

  it('of prefixes are one for each /24', () => {
    expect(key('192.0.2.1', 'prefix')).toEqual(key('192.0.2.254', 'prefix'))
    expect(key('192.0.2.1', 'prefix')).not.toEqual(key('192.0.3.1', 'prefix'))
  })

  it('differ between rules, and between installations', () => {
    expect(key('192.0.2.1', 'address', 1)).not.toEqual(key('192.0.2.1', 'address', 2))
    const other = new RateKeys(Buffer.from('fedcba9876543210'))
    other.client('192.0.2.1')
    expect({ ...other.address(1) }).not.toEqual(key('192.0.2.1'))
  })

  it('belong to the /16 or the IPv6 /32 of the client, also keys of texts', () => {
    expect(key('192.0.2.1').owner).toBe(key('192.0.99.1').owner)
    expect(key('192.0.2.1').owner).not.toBe(key('192.1.2.1').owner)
    expect(key('2001:db8:1::1').owner).toBe(key('2001:db8:ffff::1').owner)
    const keys = new RateKeys(secret)
    keys.client('192.0.2.1')
    expect(keys.text(1, 'session').owner).toBe(key('192.0.9.9').owner)
  })

  it('of texts differ by one letter, by length and by order', () => {
    const keys = new RateKeys(secret)
    keys.client('192.0.2.1')
    const made = ['', 'a', 'b', 'aa', 'ab', 'ba', 'abc', 'a\0', '\0a'].map((text) => {
      const { hi, lo } = keys.text(1, text)
      return `${hi} ${lo}`
    })
    expect(new Set(made).size).toBe(made.length)
  })

  it('of many texts do not collide', () => {
    const keys = new RateKeys(secret)
    keys.client('192.0.2.1')
    const seen = new Set<string>()
    for (let i = 0; i < 50_000; i += 1) {
      const { hi, lo } = keys.text(1, `/item/${i}`)
      seen.add(`${hi} ${lo}`)
    }
    expect(seen.size).toBe(50_000)
  })

  it('know what is no address', () => {
    const keys = new RateKeys(secret)
    expect(keys.client('unix')).toBe(false)
    expect(keys.client('192.0.2.1')).toBe(true)
  })
})
