import { describe, expect, it } from 'vitest'
import { crossCheck } from './cross-check.ts'

const messages = (site: Record<string, unknown>): string[] =>
  crossCheck({
    sites: [{ name: 'a', listen: '127.0.0.1:1', upstream: 'http://127.0.0.1:9000', ...site }],
  }).map(({ message }) => message)
const rule = (key: string): Record<string, unknown> => ({ name: 'r', limit: 1, key })

describe('the steps of a site', () => {
  const idle: readonly (readonly [site: Record<string, unknown>, message: string])[] = [
    [{ rate: { rules: [rule('session')] } }, 'the rule r counts by session, and no cookie is named'],
    [
      { rate: { rules: [rule('asn')] }, geo: {} },
      'the rule r counts by asn, and there is no database of systems',
    ],
    [{ rate: { rules: [rule('address'), rule('site')] } }, 'two rules have the name r'],
    [{ geo: { denyAsn: [64_500] } }, 'systems are refused, and there is no database of systems'],
    [
      { challenge: { difficulty: 16, maximumDifficulty: 12 } },
      'the hardest challenge (12) is easier than the easiest (16)',
    ],
  ]
  for (const [site, message] of idle)
    it(`are told that ${message}`, () => expect(messages(site)).toEqual([message]))

  it('are right when each has what it needs', () => {
    const rules = ['session', 'ja4', 'asn'].map((key) => ({ ...rule(key), name: key }))
    expect(
      messages({ rate: { sessionCookie: 'sid', rules }, geo: { asnDatabase: 'a.mmdb', denyAsn: [1] } }),
    ).toEqual([])
  })
})
