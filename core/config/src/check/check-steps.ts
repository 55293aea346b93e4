import type { z } from 'zod'
import type { siteSchema } from '../schema/site.ts'
import type { Finding } from './explain-issue.ts'

interface PlacedSite {
  readonly value: z.output<typeof siteSchema>
  readonly path: readonly PropertyKey[]
}

function finding(path: readonly PropertyKey[], message: string, hint: string): Finding {
  return { code: 'CONFIG_CONFLICT', path, what: 'value', message, hint }
}

/** A rule that can never count looks like protection and is none. */
function idleRules({ value, path }: PlacedSite): readonly Finding[] {
  const { rate, geo } = value
  return rate.rules.flatMap(({ name, key }, index) => {
    const at = [...path, 'rate', 'rules', index, 'key']
    if (key === 'session' && rate.sessionCookie === '') {
      return [
        finding(
          at,
          `the rule ${name} counts by session, and no cookie is named`,
          'name it in rate.sessionCookie',
        ),
      ]
    }
    if (key === 'asn' && geo?.asnDatabase === undefined) {
      return [
        finding(
          at,
          `the rule ${name} counts by asn, and there is no database of systems`,
          'name one in geo.asnDatabase',
        ),
      ]
    }
    return []
  })
}

function twinRules({ value, path }: PlacedSite): readonly Finding[] {
  const names = value.rate.rules.map(({ name }) => name)
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [
          finding(
            [...path, 'rate', 'rules', index, 'name'],
            `two rules have the name ${name}`,
            'events and headers tell rules apart by their names',
          ),
        ],
  )
}

function idleGeo({ value, path }: PlacedSite): readonly Finding[] {
  const { geo } = value
  if (geo === undefined || geo.denyAsn.length === 0 || geo.asnDatabase !== undefined) return []
  return [
    finding(
      [...path, 'geo', 'denyAsn'],
      'systems are refused, and there is no database of systems',
      'name one in geo.asnDatabase',
    ),
  ]
}

function easierThanEasiest({ value, path }: PlacedSite): readonly Finding[] {
  const { difficulty, maximumDifficulty } = value.challenge
  if (maximumDifficulty >= difficulty) return []
  const message = `the hardest challenge (${maximumDifficulty}) is easier than the easiest (${difficulty})`
  return [finding([...path, 'challenge', 'maximumDifficulty'], message, 'raise maximumDifficulty')]
}

/** What is wrong between the options of the steps rate and challenge and of geo. */
export function checkSteps(sites: readonly PlacedSite[]): readonly Finding[] {
  return sites.flatMap((site) => [
    ...twinRules(site),
    ...idleRules(site),
    ...idleGeo(site),
    ...easierThanEasiest(site),
  ])
}
