import { describe, expect, it } from 'vitest'
import { createPeerCheck } from './peers.ts'

describe('peers of the Local API', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.200.3.4', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['10.0.0.1', false],
    ['::ffff:10.0.0.1', false],
    ['2001:db8::1', false],
    ['', false],
    [undefined, false],
    ['no address', false],
  ])('without networks of others: %s %s', (address, expected) => {
    expect(createPeerCheck([])(address)).toBe(expected)
  })

  it.each([
    ['10.1.2.3', true],
    ['::ffff:10.1.2.3', true],
    ['10.2.0.0', false],
    ['192.0.2.7', true],
    ['192.0.2.8', false],
    ['2001:db8:1::7', true],
    ['2001:db8:2::7', false],
    ['2001:db8:3::1', true],
    ['127.0.0.1', true],
  ])('with networks: %s %s', (address, expected) => {
    const check = createPeerCheck(['10.1.0.0/16', '192.0.2.7', '2001:db8:1::/48', '2001:db8:3::1'])
    expect(check(address)).toBe(expected)
  })
})
