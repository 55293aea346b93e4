import * as fc from 'fast-check'
import { isIPv4, isIPv6 } from 'node:net'
import { describe, expect, it } from 'vitest'

import { formatAddress, networkBase } from '../helpers/format-address.ts'
import { addressSet } from './address-set.ts'
import { isInNetwork, parseAddress, parseNetwork } from './address.ts'

describe('parseAddress', () => {
  const rows: readonly (readonly [text: string, words: readonly number[] | undefined])[] = [
    ['0.0.0.0', [0]],
    ['255.255.255.255', [0xffffffff]],
    ['192.0.2.7', [0xc0000207]],
    ['::', [0, 0, 0, 0]],
    ['::1', [0, 0, 0, 1]],
    ['2001:db8::7', [0x20010db8, 0, 0, 7]],
    ['2001:DB8:0:0:0:0:0:7', [0x20010db8, 0, 0, 7]],
    ['::ffff:192.0.2.7', [0, 0, 0xffff, 0xc0000207]],
    ['1:2:3:4:5:6:7::', [0x10002, 0x30004, 0x50006, 0x70000]],
    ['fe80::1%eth0', [0xfe800000, 0, 0, 1]],
    ['192.0.2', undefined],
    ['192.0.2.256', undefined],
    ['192.0.2.07', undefined],
    ['192.0.2.7 ', undefined],
    ['192.0.2.7.1', undefined],
    ['1:2:3:4:5:6:7:8:9', undefined],
    ['1:2:3:4:5:6:7', undefined],
    ['1::2::3', undefined],
    ['1:2:3:4::5:6:7:8', undefined],
    ['::12345', undefined],
    ['::g', undefined],
    ['::192.0.2.7:1', undefined],
    ['', undefined],
    [`${'0'.repeat(50)}::1`, undefined],
  ]
  it.each(rows)('of %j is %j', (text, words) => {
    expect(parseAddress(text)).toEqual(words)
  })

  it('reads what it writes', () => {
    const word = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffffffff }))
    const address = fc.oneof(fc.tuple(word), fc.tuple(word, word, word, word))
    fc.assert(
      fc.property(address, (words) => {
        expect(parseAddress(formatAddress(words))).toEqual(words)
      }),
    )
  })

  it('takes no text for an address that is none', () => {
    const letters = fc.string({ unit: fc.constantFrom('0', '1', '9', 'f', ':', '.', '::'), maxLength: 14 })
    fc.assert(
      fc.property(letters, (text) => {
        if (parseAddress(text) !== undefined) expect(isIPv4(text) || isIPv6(text)).toBe(true)
        else expect(isIPv6(text)).toBe(false)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('networks', () => {
  const rows: readonly (readonly [network: string, address: string, inside: boolean | undefined])[] = [
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.1.2.3/8', '10.9.9.9', true],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['192.0.2.7/32', '192.0.2.7', true],
    ['192.0.2.7/32', '192.0.2.6', false],
    ['192.0.2.128/25', '192.0.2.127', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/33', '2001:db8:8000::', false],
    ['2001:db8::/127', '2001:db8::1', true],
    ['2001:db8::/127', '2001:db8::2', false],
    ['0.0.0.0/0', '::1', false],
    ['::/0', '192.0.2.7', false],
    ['::ffff:0:0/96', '::ffff:192.0.2.7', true],
    ['10.0.0.0/33', '10.0.0.0', undefined],
    ['10.0.0.0/08', '10.0.0.0', undefined],
    ['10.0.0.0', '10.0.0.0', undefined],
    ['10.0.0.0/', '10.0.0.0', undefined],
    ['::/129', '::', undefined],
    ['x/8', '10.0.0.0', undefined],
  ]
  it.each(rows)('%s and %s: %s', (text, address, inside) => {
    const network = parseNetwork(text)
    const found = network === undefined ? undefined : isInNetwork(parseAddress(address) ?? [], network)
    expect(found).toBe(inside)
  })

  it('begin at the address whose other bits are 0', () => {
    const base = (text: string, bits: number): string =>
      formatAddress(networkBase(parseAddress(text) ?? [], bits))
    expect([base('192.0.2.200', 24), base('192.0.2.200', 25), base('192.0.2.200', 0)]).toEqual([
      '192.0.2.0',
      '192.0.2.128',
      '0.0.0.0',
    ])
    expect([base('2001:db8:1:2::3', 64), base('2001:db8:1:2::3', 40), base('2001:db8::', 128)]).toEqual([
      '2001:db8:1:2::',
      '2001:db8::',
      '2001:db8::',
    ])
  })
})

describe('a set of addresses', () => {
  const set = addressSet(['192.0.2.7', '2001:DB8::7', 'office'], ['10.0.0.0/8', 'fe80::/10', '10.0.0.0/99'])

  it('holds its addresses in any spelling, and those of its networks', () => {
    const asked = ['192.0.2.7', '2001:db8:0::7', '10.2.3.4', 'fe80::9%eth0', '192.0.2.8', 'febf::', 'fec0::']
    expect(asked.map((address) => set.holds(address))).toEqual([true, true, true, true, false, true, false])
  })

  it('names what is no address and no network, and holds no text that is none', () => {
    expect(set.wrong).toEqual(['office', '10.0.0.0/99'])
    expect([set.holds('office'), set.holds('')]).toEqual([false, false])
  })
})

describe('formatAddress', () => {
  const rows: readonly (readonly [text: string, short: string])[] = [
    ['0:0:0:0:0:0:0:0', '::'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['ABCD::', 'abcd::'],
    ['192.0.2.7', '192.0.2.7'],
  ]
  it.each(rows)('of %s is %s', (text, short) => {
    expect(formatAddress(parseAddress(text) ?? [])).toBe(short)
  })
})
