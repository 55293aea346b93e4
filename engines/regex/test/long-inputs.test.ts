import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { compileRegex } from '../src/compile-regex.ts'
import { CacheBudget } from '../src/linear/cache-budget.ts'
import { compareEngines } from './engines.ts'
import { sampleMatch, seededRandom } from './sample-match.ts'

const groups: Record<string, readonly string[]> = JSON.parse(
  readFileSync(new URL('testdata/pumped-patterns.json', import.meta.url), 'utf8'),
)
const patterns = Object.values(groups).flat()
const seed = 20_261_121
const length = 600

/** Texts in which a pattern nearly matches over and over: its own matches, cut and joined, with noise between them. */
function textsOf(pattern: string): readonly string[] {
  const { node } = compareEngines(pattern, { withoutRe2: true })
  const random = seededRandom(seed + pattern.length)
  const noise = ['', ' ', '\n', 'x', '=', 'a', '\xe9', '0', "'", '<', '@']
  return Array.from({ length: 5 }, (_, kind) => {
    let text = ''
    while (text.length < length) {
      const piece = sampleMatch(node, random)
      const cut = kind % 2 === 0 ? piece : piece.slice(0, random(piece.length + 1))
      text += cut + (noise[random(noise.length)] ?? '') + (noise[random(noise.length)] ?? '')
    }
    return kind === 4
      ? text.slice(0, length).replaceAll(/[^\n]/g, (unit) => (random(3) === 0 ? 'a' : unit))
      : text.slice(0, length)
  })
}

describe(`long inputs, seed ${seed}`, { timeout: 120_000 }, () => {
  it.each(patterns)('have the same match and captures by every engine: %s', (pattern) => {
    for (const maxCacheBytes of [1_048_576, 8192]) {
      const { finders, linear } = compareEngines(pattern, { maxCacheBytes })
      for (const text of textsOf(pattern)) {
        const expected = finders.get('pike')?.(text)
        for (const [name, find] of finders) {
          // V8 would go back over such texts for ages: these patterns are chosen for that.
          if (name === 'v8') continue
          expect({ name, found: find(text) }).toEqual({ name, found: expected })
        }
        expect(linear.test(text, 0)).toBe(expected !== null)
      }
    }
  })

  it.each(patterns)('are gone on with from any offset as by the simulation: %s', (pattern) => {
    const { linear, program, alphabet } = compareEngines(pattern, { withoutRe2: true })
    const regex = compileRegex(pattern, { engine: 'linear' })
    const [text = ''] = textsOf(pattern)
    expect(program.slots).toBe(2 * regex.groupCount)
    expect(alphabet).toBeDefined()
    for (const from of [0, 1, 7, 100, 333, length - 1, length, length + 1]) {
      const found = regex.exec(text, from)
      if (from > text.length) {
        expect(found).toBeNull()
        continue
      }
      const slots = linear.exec(text, from)
      expect(found === null ? null : [...found.captures]).toEqual(slots === undefined ? null : [...slots])
      if (found !== null) expect(found.index).toBeGreaterThanOrEqual(from)
    }
  })
})

describe('memory shared by many patterns', () => {
  it('stays within its limit, and every answer right, whoever is asked next', () => {
    const cache = new CacheBudget(64 * 1024)
    const shared = patterns.map((pattern) => compileRegex(pattern, { engine: 'linear', cache }))
    const random = seededRandom(seed)
    for (let round = 0; round < 300; round++) {
      const at = random(patterns.length)
      const pattern = patterns[at] ?? ''
      const text = (textsOf(pattern)[random(5)] ?? '').slice(0, 120)
      const own = compileRegex(pattern, { engine: 'linear' })
      expect({ pattern, found: shared[at]?.exec(text) }).toEqual({ pattern, found: own.exec(text) })
      expect(shared[at]?.test(text)).toBe(own.test(text))
    }
    expect(cache.epoch).toBeGreaterThan(0)
  })

  it.each([
    [[10, 20, 30], 100, 0, 60],
    [[60, 40], 100, 0, 100],
    [[60, 41], 100, 1, 41],
    [[100, 1, 100], 100, 2, 100],
    [[500], 100, 1, 500],
    [[500, 1], 100, 2, 1],
    [[], 100, 0, 0],
  ])('counts %j of %i: epoch %i, used %i', (parts, limit, epoch, used) => {
    const cache = new CacheBudget(limit)
    for (const bytes of parts) cache.reserve(bytes)
    expect({ epoch: cache.epoch, used: cache.usedBytes, limit: cache.limitBytes }).toEqual({
      epoch,
      used,
      limit,
    })
  })
})
