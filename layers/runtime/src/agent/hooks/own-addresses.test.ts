import { describe, expect, it } from 'vitest'
import { addressesIn, isOwnAddress } from './own-addresses.ts'

describe('addressesIn', () => {
  it('gives addresses that stand whole in a source', () => {
    const source =
      "const list = ['https://a.example/terms', `https://b.example/${id}`]\n// see http://c.example/x"
    expect(addressesIn(source)).toEqual([
      'https://a.example/terms',
      'https://b.example/${id}',
      'http://c.example/x',
    ])
    expect(addressesIn('no address: https://')).toEqual([])
  })
})

describe('isOwnAddress', () => {
  it('knows no address that no source of the application names', () => {
    expect(isOwnAddress('https://evil.example/')).toBe(false)
  })
})
