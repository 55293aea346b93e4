import { describe, expect, it } from 'vitest'
import { createTrustedTest } from './trusted.ts'

describe('createTrustedTest', () => {
  const isTrusted = createTrustedTest(['10.1.0.0/16', '192.0.2.7', '2001:db8::/32'])
  it.each(['127.0.0.1', '127.9.9.9', '::1', '10.1.255.255', '192.0.2.7', '::ffff:10.1.2.3', '2001:db8:1::1'])(
    'trusts %s',
    (peer) => {
      expect(isTrusted(peer)).toBe(true)
    },
  )
  it.each(['10.2.0.0', '192.0.2.8', '2001:db9::1', '::ffff:8.8.8.8', '', 'localhost', undefined])(
    'does not trust %s',
    (peer) => {
      expect(isTrusted(peer)).toBe(false)
    },
  )
})
