import { readFileSync } from 'node:fs'
import { RE2JS } from 're2js'
import { describe, expect, it } from 'vitest'

import { compileRegex } from '../src/compile-regex.ts'

const vectors: { points: readonly string[]; patterns: readonly string[] } = JSON.parse(
  readFileSync(new URL('testdata/unicode-sets.json', import.meta.url), 'utf8'),
)

/**
 * Code points that tell sets apart: all of ASCII and Latin-1, both ends of many blocks, letters that fold to others of
 * another plane or length, marks, digits of other scripts, spaces, surrogates' neighbours and the last code points.
 */
const points: readonly number[] = [
  ...Array.from({ length: 0x180 }, (_, code) => code),
  ...vectors.points.map((hex) => Number.parseInt(hex, 16)),
]

/** Sets that both sides write alike. */
const { patterns } = vectors

/**
 * Code points that came to Unicode, or to a script, after the tables of one side were made: they are no fault of either.
 */
const younger: ReadonlySet<number> = new Set([0x1c88, 0x1c89, 0x1c8a])

function members(test: (text: string) => boolean): readonly string[] {
  return points
    .filter((code) => !younger.has(code) && test(String.fromCodePoint(code)))
    .map((code) => code.toString(16))
}

describe('a set of code points', () => {
  it.each(patterns)('%s has the members that re2js gives it', (pattern) => {
    const regex = compileRegex(`^(?:${pattern})$`, { mode: 'string' })
    const judge = RE2JS.compile(`^(?:${pattern})$`)
    expect(members((text) => regex.test(text))).toEqual(members((text) => judge.matcher(text).find()))
  })

  it('of one letter without case holds what V8 folds together', () => {
    const letters = points.filter((code) => /\p{L}/u.test(String.fromCodePoint(code)) && !younger.has(code))
    for (const code of letters) {
      const letter = String.fromCodePoint(code)
      const regex = compileRegex(`^${letter}$`, { mode: 'string', ignoreCase: true })
      const judge = new RegExp(`^${letter}$`, 'iu')
      expect({ letter, members: members((text) => regex.test(text)) }).toEqual({
        letter,
        members: members((text) => judge.test(text)),
      })
    }
  })

  const escapes = patterns.filter((pattern) => /^\\[dDwWsSpP]/.test(pattern))
  it.each(escapes)('%s and its complement share nothing and leave nothing out', (pattern) => {
    const set = compileRegex(`^${pattern}$`, { mode: 'string' })
    const others = compileRegex(`^[^${pattern}]$`, { mode: 'string' })
    const texts = points.map((code) => String.fromCodePoint(code))
    expect(texts.filter((text) => set.test(text) === others.test(text))).toEqual([])
  })
})
