import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { compileRegex } from '../src/compile-regex.ts'
import { RegexError } from '../src/error.ts'
import { subjects } from './recorded-subjects.ts'

import type { Regex, RegexOptions } from '../src/regex.ts'
import type { Subject } from './recorded-subjects.ts'

type Spans = readonly number[] | null
/** A pattern, an input, and start and end of each group that PCRE2 finds; null: no match. */
type PcreAnswer = readonly [pattern: string, input: string, spans: Spans]

function answersOf({ name }: Subject): readonly PcreAnswer[] {
  const answers: readonly PcreAnswer[] = JSON.parse(
    readFileSync(new URL(`testdata/pcre/${name}.json`, import.meta.url), 'utf8'),
  )
  return answers
}

/** Patterns that are refused on purpose, each with the reason. */
const refused: ReadonlyMap<string, string> = new Map([
  ['(?>a|ab)c', 'a branch that an earlier one always hides'],
  ['(?|(a)|(b))', 'numbers of groups that start over'],
])

const ways: readonly (readonly [string, RegexOptions])[] = [
  ['as it chooses', {}],
  ['without V8', { engine: 'linear' }],
  ['with a cache that never suffices', { engine: 'linear', limits: { maxCacheBytes: 1 } }],
]

function optionsOf({ flags = '' }: Subject): RegexOptions {
  return {
    ignoreCase: flags.includes('i'),
    multiline: flags.includes('m'),
    dotAll: flags.includes('s'),
  }
}

function compiled(pattern: string, options: RegexOptions): Regex | undefined {
  try {
    return compileRegex(pattern, options)
  } catch (error) {
    if (error instanceof RegexError && refused.has(pattern)) return undefined
    throw error
  }
}

/** Without the groups behind the last one that took part: PCRE2 leaves some of them out. */
function trimmed(spans: Iterable<number> | null | undefined): Spans {
  if (spans === null || spans === undefined) return null
  const all = [...spans]
  while (all.length > 2 && all.at(-1) === -1) all.length -= 2
  return all
}

it.each([...refused.keys()])('%s is refused, as listed', (pattern) => {
  expect(compiled(pattern, {})).toBeUndefined()
})

describe.each(subjects)('the answers of PCRE2 about $name', (subject) => {
  const answers = answersOf(subject)

  it('are there for its patterns', () => {
    const asked = new Set(subject.patterns)
    expect(answers.length).toBeGreaterThan(0)
    expect(answers.filter(([pattern]) => !asked.has(pattern))).toEqual([])
  })

  it.each(ways)('are given %s', (_, options) => {
    const cache = new Map<string, Regex | undefined>()
    const wrong: string[] = []
    for (const [pattern, input, spans] of answers) {
      if (!cache.has(pattern)) cache.set(pattern, compiled(pattern, { ...options, ...optionsOf(subject) }))
      const regex = cache.get(pattern)
      if (regex === undefined) continue
      const own = trimmed(regex.exec(input)?.captures)
      if (JSON.stringify(own) !== JSON.stringify(trimmed(spans)) || regex.test(input) !== (spans !== null))
        wrong.push(
          `${JSON.stringify(pattern)} on ${JSON.stringify(input)}: ${JSON.stringify(own)}, not ${JSON.stringify(spans)}`,
        )
    }
    expect(wrong).toEqual([])
  })
})
