import { describe, expect, it } from 'vitest'

import { compileRegex } from '../src/compile-regex.ts'
import { RegexError } from '../src/error.ts'
import { anchorsAnswers } from './recorded/anchors-answers.ts'
import { caseAnswers } from './recorded/case-answers.ts'
import { choicesAnswers } from './recorded/choices-answers.ts'
import { classesAnswers } from './recorded/classes-answers.ts'
import { dotsAnswers } from './recorded/dots-answers.ts'
import { escapesAnswers } from './recorded/escapes-answers.ts'
import { linesAnswers } from './recorded/lines-answers.ts'
import { possessiveAnswers } from './recorded/possessive-answers.ts'
import { propertiesAnswers } from './recorded/properties-answers.ts'
import { repeatsAnswers } from './recorded/repeats-answers.ts'
import { subjects } from './recorded-subjects.ts'

import type { Regex, RegexOptions } from '../src/regex.ts'
import type { PcreAnswer } from './recorded/pcre-answer.ts'

const recorded: readonly (readonly [name: string, answers: readonly PcreAnswer[]])[] = [
  ['repeats', repeatsAnswers],
  ['possessive', possessiveAnswers],
  ['choices', choicesAnswers],
  ['classes', classesAnswers],
  ['anchors', anchorsAnswers],
  ['lines', linesAnswers],
  ['case', caseAnswers],
  ['dots', dotsAnswers],
  ['escapes', escapesAnswers],
  ['properties', propertiesAnswers],
]

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

function flagsOf(name: string): RegexOptions {
  const flags = subjects.find((subject) => subject.name === name)?.flags ?? ''
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

/** All groups, as PCRE2 gives them: those behind the last one that took part are left out. */
function spansOf(regex: Regex, input: string): readonly number[] | null {
  const found = regex.exec(input)
  if (found === null) return null
  const spans = [...found.captures]
  while (spans.length > 2 && spans.at(-1) === -1) spans.length -= 2
  return spans
}

function trimmed(spans: readonly number[] | null): readonly number[] | null {
  if (spans === null) return null
  const all = [...spans]
  while (all.length > 2 && all.at(-1) === -1) all.length -= 2
  return all
}

describe.each(recorded)('the answers of PCRE2 about %s', (name, answers) => {
  it.each(ways)('are given %s', (_, options) => {
    const cache = new Map<string, Regex | undefined>()
    const wrong: string[] = []
    for (const [pattern, input, spans] of answers) {
      if (!cache.has(pattern)) cache.set(pattern, compiled(pattern, { ...options, ...flagsOf(name) }))
      const regex = cache.get(pattern)
      if (regex === undefined) continue
      const own = spansOf(regex, input)
      if (JSON.stringify(own) !== JSON.stringify(trimmed(spans)) || regex.test(input) !== (spans !== null))
        wrong.push(
          `${JSON.stringify(pattern)} on ${JSON.stringify(input)}: ${JSON.stringify(own)}, not ${JSON.stringify(spans)}`,
        )
    }
    expect(wrong).toEqual([])
  })
})
