import { describe, expect, it } from 'vitest'

import { compileRegex } from '../src/compile-regex.ts'
import { crsPatterns } from './crs-patterns.ts'
import { compareEngines } from './engines.ts'
import { sampleMatch, seededRandom } from './sample-match.ts'

import type { Regex } from '../src/regex.ts'

const patterns = crsPatterns()
const available = patterns.length > 0
const options = { mode: 'bytes', dotAll: true } as const

describe('Core Rule Set patterns', { timeout: 120_000 }, () => {
  it.skipIf(!available)('all compile (needs shared/crs)', () => {
    for (const pattern of patterns) expect(compileRegex(pattern, options).source).toBe(pattern)
  })

  it.skipIf(!available)('match alike in all engines on texts made from them (needs shared/crs)', () => {
    const random = seededRandom(1)
    let matches = 0
    for (const pattern of patterns) {
      const { finders, linear, node } = compareEngines(pattern, options)
      for (let n = 0; n < 6; n++) {
        const text = spoil(sampleMatch(node, random).slice(0, 120), random, n)
        const found = [...finders].map(([name, find]) => ({ name, found: find(text) }))
        const expected = found.map(({ name }) => ({ name, found: found[0]?.found ?? null }))
        expect({ pattern, text, found }).toEqual({ pattern, text, found: expected })
        expect(linear.test(text, 0)).toBe(found[0]?.found !== null)
        if (found[0]?.found !== null) matches += 1
      }
    }
    expect(matches).toBeGreaterThan(patterns.length)
  })

  it.skipIf(!available)('are read as V8 itself reads them, on ASCII text (needs shared/crs)', () => {
    const random = seededRandom(2)
    let compared = 0
    for (const pattern of patterns) {
      const native = nativeRegex(pattern)
      if (native === undefined) continue
      compared += 1
      const { linear, node } = compareEngines(pattern, options)
      for (let n = 0; n < 6; n++) {
        const text = spoil(sampleMatch(node, random).slice(0, 120), random, n).replace(/[\x80-\xff]/g, 'x')
        expect({ pattern, text, match: linear.test(text, 0) }).toEqual({
          pattern,
          text,
          match: native.test(text),
        })
      }
    }
    expect(compared).toBeGreaterThan(patterns.length * 0.9)
  })

  it.skipIf(!available)('cost steps in proportion to the length of pumped inputs (needs shared/crs)', () => {
    for (const pattern of patterns) {
      const regex = compileRegex(pattern, options)
      for (const pump of pumpsOf(pattern)) {
        expectLinear(regex, pump, (input) => regex.test(input))
        expectLinear(regex, pump, (input) => regex.exec(input))
      }
    }
  })

  it.skipIf(!available)(
    'only match what holds their required literals, bytes and length (needs shared/crs)',
    () => {
      const random = seededRandom(3)
      for (const pattern of patterns) {
        const regex = compileRegex(pattern, options)
        const { node } = compareEngines(pattern, { ...options, withoutRe2: true })
        for (let n = 0; n < 12; n++) {
          const text = sampleMatch(node, random)
          if (!regex.test(text)) continue
          const lower = text.toLowerCase()
          expect(text.length).toBeGreaterThanOrEqual(regex.minLength)
          for (const clause of regex.requiredLiterals)
            expect({ pattern, text, clause, met: clause.some((one) => lower.includes(one)) }).toMatchObject({
              met: true,
            })
          const bytes = regex.requiredBytes
          if (bytes !== undefined)
            expect({ pattern, text, met: holdsOneOf(text, bytes) }).toMatchObject({ met: true })
        }
      }
    },
  )
})

function holdsOneOf(text: string, bytes: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[text.charCodeAt(i)] === 1) return true
  return false
}

/** Leaves every other text alone; changes, cuts or embeds the rest. */
function spoil(text: string, random: (limit: number) => number, n: number): string {
  const at = random(text.length + 1)
  if (n % 3 === 0) return text
  if (n % 3 === 1) return `${text.slice(0, at)}${String.fromCharCode(random(128))}${text.slice(at + 1)}`
  return `x\n ${text} '"<${text.slice(at)}`
}

function nativeRegex(pattern: string): RegExp | undefined {
  const flags = /^\(\?([is]+)\)/.exec(pattern)
  try {
    return new RegExp(pattern.slice(flags?.[0].length ?? 0), flags?.[1]?.includes('i') === true ? 'is' : 's')
  } catch {
    return undefined // flags in the middle of a pattern: V8 of Node 20 cannot read it
  }
}

/** Characters and short runs that the pattern speaks of, and some that attack others. */
function pumpsOf(pattern: string): string[] {
  const own = new Set(pattern.match(/[A-Za-z]{2,5}|[^A-Za-z]/g) ?? [])
  return [
    ...new Set([
      '\n',
      '<',
      '(',
      'a',
      ' ',
      '\\',
      "'",
      '"',
      '$',
      'a ',
      '/*',
      '=(',
      '\xff',
      ...[...own].slice(0, 12),
    ]),
  ]
}

function expectLinear(regex: Regex, pump: string, run: (input: string) => unknown): void {
  const long = pump.repeat(Math.ceil(4_096 / pump.length))
  const short = long.slice(0, long.length / 2)
  run(long)
  run(long)
  const longSteps = regex.lastSteps
  run(short)
  expect({ source: regex.source, pump, linear: longSteps <= 2.5 * regex.lastSteps + 4_096 }).toMatchObject({
    linear: true,
  })
}
