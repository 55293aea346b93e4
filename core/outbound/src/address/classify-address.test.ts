import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressBytes } from './address-bytes.ts'
import { classifyAddress } from './classify-address.ts'

const cases = JSON.parse(
  readFileSync(new URL('../../testdata/addresses.json', import.meta.url), 'utf8'),
) as readonly (readonly [string, string])[]

describe('classifyAddress', () => {
  for (const [address, kind] of cases) {
    it(`calls "${address}" ${kind}`, () => expect(classifyAddress(address)).toBe(kind))
  }

  it('calls every IPv4 address the same in its mapped, NAT64 and 6to4 forms', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const [a = 0, b = 0, c = 0, d = 0] = addressBytes(address) ?? []
        const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
        for (const form of [`::ffff:${address}`, `::ffff:${hex}`, `64:ff9b::${hex}`, `2002:${hex}::`]) {
          expect(classifyAddress(form), form).toBe(classifyAddress(address))
        }
      }),
      { seed: 7 },
    )
  })

  it('never throws and calls no text public that is no address', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (addressBytes(text) === undefined) expect(classifyAddress(text)).toBe('reserved')
      }),
      { seed: 7 },
    )
  })
})

describe('addressBytes', () => {
  it('gives 4 or 16 bytes', () => {
    expect(addressBytes('1.2.3.4')).toEqual(Uint8Array.from([1, 2, 3, 4]))
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        expect(addressBytes(address)).toHaveLength(16)
      }),
      { seed: 7 },
    )
  })
})
