import { describe, expect, it } from 'vitest'
import { compileCidr } from './cidr.ts'

describe('compileCidr', () => {
  it.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['192.0.2.7', '192.0.2.7', true],
    ['0.0.0.0/0', '8.8.8.8', true],
    ['fe80::/10', 'febf::1', true],
    ['fe80::/10', 'fec0::1', false],
    ['::1/128', '0:0:0:0:0:0:0:1', true],
    ['::ffff:0:0/96', '::ffff:10.0.0.1', true],
    ['10.0.0.0/8', '::ffff:10.0.0.1', false],
    ['10.0.0.0/8', 'not an address', false],
    ['10.0.0.0/8', '10.0.0.256', false],
  ])('%s holds %s → %s', (network, address, expected) => {
    expect(compileCidr(network)?.(address)).toBe(expected)
  })

  it.each([
    '',
    '10.0.0.0/33',
    '::/129',
    '10.0.0/8',
    '1:2:3:4:5:6:7:8:9/64',
    '::1::/64',
    '10.0.0.0/8/8',
    '10.0.0.0/',
  ])('refuses %j', (network) => {
    expect(compileCidr(network)).toBeUndefined()
  })
})
