import { describe, expect, it } from 'vitest'

import { compileRegex } from '../src/compile-regex.ts'
import { compareEngines } from './engines.ts'
import { hubExpressions, hubPatterns } from './hub-patterns.ts'
import { sampleMatch, seededRandom } from './sample-match.ts'

const patterns = hubPatterns()
const expressions = hubExpressions()

describe('hub patterns', { timeout: 120_000 }, () => {
  it.skipIf(patterns.length === 0)('all compile as Go patterns (needs shared/hub)', () => {
    expect(patterns.length).toBeGreaterThan(250)
    for (const pattern of [...patterns, ...expressions])
      expect(compileRegex(pattern, { mode: 'string' }).source).toBe(pattern)
  })

  it.skipIf(patterns.length === 0)(
    'capture alike in all engines on lines made from them (needs shared/hub)',
    () => {
      const random = seededRandom(4)
      let matches = 0
      for (const pattern of [...patterns, ...expressions]) {
        const { finders, node } = compareEngines(pattern, { mode: 'string' })
        for (let n = 0; n < 2; n++) {
          const text = sampleMatch(node, random).slice(0, 600)
          const found = [...finders].map(([name, find]) => ({ name, found: find(text) }))
          const expected = found.map(({ name }) => ({ name, found: found[0]?.found ?? null }))
          expect({ pattern, text, found }).toEqual({ pattern, text, found: expected })
          if (found[0]?.found !== null) matches += 1
        }
      }
      expect(matches).toBeGreaterThan(patterns.length)
    },
  )

  it.skipIf(patterns.length === 0)(
    'cost steps in proportion to the length of hostile lines (needs shared/hub)',
    () => {
      for (const pattern of patterns) {
        const regex = compileRegex(pattern, { mode: 'string', engine: 'linear' })
        for (const pump of ['a', ' ', '1.', '"', ':', 'a b ', '[']) {
          const line = pump.repeat(2_048 / pump.length)
          regex.exec(line + line)
          regex.exec(line + line)
          const long = regex.lastSteps
          regex.exec(line)
          expect({ pattern, pump, linear: long <= 2.5 * regex.lastSteps + 4_096 }).toMatchObject({
            linear: true,
          })
        }
      }
    },
  )
})
