import { describe, expect, it } from 'vitest'
import { isLoopback, parseLoopbackListen } from './loopback.ts'

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.255.3.9', '::1', '::ffff:127.0.0.1'])('takes %s', (address) => {
    expect(isLoopback(address)).toBe(true)
  })

  it.each([
    '0.0.0.0',
    '10.0.0.1',
    '128.0.0.1',
    '::',
    '::ffff:10.0.0.1',
    'localhost',
    '127.evil.example',
    '',
    '126.255.255.255',
  ])('refuses %s', (address) => {
    expect(isLoopback(address)).toBe(false)
  })
})

describe('parseLoopbackListen', () => {
  it('reads addresses with ports', () => {
    expect(parseLoopbackListen('127.0.0.1:7790')).toEqual({ host: '127.0.0.1', port: 7790 })
    expect(parseLoopbackListen('[::1]:0')).toEqual({ host: '::1', port: 0 })
    expect(parseLoopbackListen('localhost:65535')).toEqual({ host: '127.0.0.1', port: 65_535 })
  })

  it.each(['0.0.0.0:7790', '[::]:7790', '192.168.1.4:80', 'shop.example:80'])(
    'refuses %s as not loopback',
    (text) => {
      expect(() => parseLoopbackListen(text)).toThrow('stays on this machine')
    },
  )

  it.each(['', '7790', '127.0.0.1', '127.0.0.1:65536', '127.0.0.1:x', '::1:80'])(
    'refuses %j as malformed',
    (text) => {
      expect(() => parseLoopbackListen(text)).toThrow('is not an address and a port')
    },
  )
})
