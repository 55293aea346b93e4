import { describe, expect, it } from 'vitest'
import { createHostPolicy } from './host-policy.ts'

const allowed = (named: readonly string[], host: string, address: string): boolean =>
  createHostPolicy(named).refusal(host, address) === undefined

describe('createHostPolicy', () => {
  const cases: readonly (readonly [string, readonly string[], string, string, boolean])[] = [
    ['reaches a public address of any name', [], 'feeds.example', '8.8.8.8', true],
    ['does not reach a private address of an unnamed host', [], 'feeds.example', '10.0.0.5', false],
    ['reaches a private address of a named host', ['wiki.corp'], 'wiki.corp', '10.0.0.5', true],
    ['reaches loopback of a named host', ['localhost'], 'localhost', '127.0.0.1', true],
    ['compares names without case and trailing dot', ['Wiki.Corp.'], 'wiki.corp', '10.0.0.5', true],
    ['does not reach a subdomain of a named host', ['corp'], 'wiki.corp', '10.0.0.5', false],
    ['does not reach metadata through a named host', ['wiki.corp'], 'wiki.corp', '169.254.169.254', false],
    ['does not reach link-local through a named host', ['wiki.corp'], 'wiki.corp', 'fe80::1', false],
    [
      'reaches an address that is named itself',
      ['169.254.169.254'],
      '169.254.169.254',
      '169.254.169.254',
      true,
    ],
    ['compares addresses by their bytes', ['[0:0::1]'], '::1', '::1', true],
    [
      'does not take a mapped address for the named one',
      ['127.0.0.1'],
      '::ffff:127.0.0.1',
      '::ffff:127.0.0.1',
      false,
    ],
  ]
  for (const [name, named, host, address, good] of cases) {
    it(name, () => expect(allowed(named, host, address)).toBe(good))
  }

  it('says what kind of address it was', () => {
    expect(createHostPolicy([]).refusal('a', '169.254.169.254')).toBe('169.254.169.254 is a metadata address')
  })
})
