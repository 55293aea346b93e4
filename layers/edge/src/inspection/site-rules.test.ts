import type { SiteConfig } from '@sevenfold/config'
import { describe, expect, it } from 'vitest'
import { siteRules } from './site-rules.ts'

const site = (name: string, own: Partial<SiteConfig> = {}): SiteConfig =>
  // Only what the function reads; the rest of a site has nothing to do with its rules.
  ({ name, steps: {}, ...own }) as SiteConfig

const edge = { rules: ['builtin', 'crs:/crs'], paranoia: 2 } as const

describe('siteRules', () => {
  it('are those of the edge where the site names none', () => {
    const rules = siteRules({ ...edge, sites: [site('a')] })
    expect(rules.get('a')).toEqual({ rules: ['builtin', 'crs:/crs'], paranoia: 2, exclusions: [] })
  })

  it('are the own ones of a site, each by itself', () => {
    const rules = siteRules({
      ...edge,
      sites: [site('a', { rules: ['/own'] }), site('b', { paranoia: 4 }), site('c', { rules: [] })],
    })
    expect(rules.get('a')).toMatchObject({ rules: ['/own'], paranoia: 2 })
    expect(rules.get('b')).toMatchObject({ rules: edge.rules, paranoia: 4 })
    expect(rules.get('c')).toMatchObject({ rules: [] })
  })

  it('are none where the inspection is off', () => {
    const rules = siteRules({ ...edge, sites: [site('a', { steps: { waf: 'off' } })] })
    expect(rules.get('a')?.rules).toEqual([])
  })

  it('carry the exclusions of the site', () => {
    const exclusions = [
      { rule: 942_100, path: '/a', variable: 'ARGS:q' },
      { rule: 5, path: '/b' },
    ]
    expect(siteRules({ ...edge, sites: [site('a', { exclusions })] }).get('a')?.exclusions).toEqual([
      { id: 'configured-0', site: 'a', rule: '942100', path: '/a', variable: 'ARGS:q' },
      { id: 'configured-1', site: 'a', rule: '5', path: '/b', variable: null },
    ])
  })
})
