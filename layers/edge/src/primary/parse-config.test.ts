import { describe, expect, it } from 'vitest'
import { edgeConfig, siteConfig } from '../../test/support/edge-process.ts'
import { parseEdgeConfig } from './parse-config.ts'

const good = edgeConfig([siteConfig('shop', 8080)])

describe('parseEdgeConfig', () => {
  it('takes what the compiler writes', () => {
    expect(parseEdgeConfig(good).sites[0]?.name).toBe('shop')
  })

  const bad: Readonly<Record<string, unknown>> = {
    'no object': null,
    'another version': { ...good, v: 2 },
    'no sites': { ...good, sites: [] },
    'a site without listener': { ...good, sites: [siteConfig('a', 1, { listen: 'x' })] },
    'a site without upstream': { ...good, sites: [siteConfig('a', 1, { upstream: null })] },
    'a site without pool': { ...good, sites: [siteConfig('a', 1, { pool: undefined })] },
    'a malformed proxy': { ...good, sites: [siteConfig('a', 1, { trustedProxies: ['x'] })] },
    'limits that are no numbers': { ...good, limits: { headerSizeBytes: '16KiB' } },
    'no rules': { ...good, rules: 'builtin' },
    'no list of other proxies': { ...good, beside: undefined },
  }
  for (const [name, value] of Object.entries(bad)) {
    it(`refuses ${name}`, () => expect(() => parseEdgeConfig(value)).toThrow())
  }
})
