import { describe, expect, it } from 'vitest'
import { bystanderAddress, cellAddress, maxCells } from './cell-address.ts'

describe('cellAddress', () => {
  it('counts through 127.2.0.1 to the end of the network', () => {
    expect(cellAddress(0)).toBe('127.2.0.1')
    expect(cellAddress(255)).toBe('127.2.1.0')
    expect(cellAddress(65_535)).toBe('127.3.0.0')
    expect(cellAddress(maxCells - 1)).toBe('127.255.255.254')
  })

  it('has no address beyond', () => {
    expect(() => cellAddress(maxCells)).toThrow(RangeError)
    expect(() => cellAddress(-1)).toThrow(RangeError)
  })
})

describe('bystanderAddress', () => {
  it('is no address of a cell', () => {
    expect(bystanderAddress('127.2.0.1')).toBe('127.1.0.1')
    expect(bystanderAddress('127.200.7.9')).toBe('127.1.7.9')
  })
})
