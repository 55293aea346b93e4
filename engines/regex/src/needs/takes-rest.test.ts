import { describe, expect, it } from 'vitest'
import { compileRegex } from '../compile-regex.ts'
import { parsePattern } from '../syntax/parse-pattern.ts'
import { defaultLimits } from '../limits.ts'
import { takesRest } from './takes-rest.ts'

const flags = { ignoreCase: false, dotAll: false, multiline: false, ungreedy: false, extended: false }
const syntax = { mode: 'string', dialect: 'go', dollar: 'end', limits: defaultLimits } as const

function takes(pattern: string): boolean {
  return takesRest(parsePattern(pattern, syntax, flags).node, 0x10ffff)
}

describe('takesRest', () => {
  const yes = ['a.*', 'a.+', '^a(.*)$', '(?s)a.*', 'a(?:b.*|c(.*))', 'a.*$', '(a(?:b(.*)))']
  for (const pattern of yes) it(`holds for ${pattern}`, () => expect(takes(pattern)).toBe(true))

  const no = ['a', 'a.*?', 'a.*b', 'a.{2,}', 'a.{0,5}', 'a[^x]*', 'a(?:b.*|c)', 'a(?:.*)?', 'a.*\\b', '']
  for (const pattern of no) it(`does not hold for ${pattern}`, () => expect(takes(pattern)).toBe(false))
})

describe('patterns that take the rest', () => {
  const inputs = [
    '',
    'x',
    'ab',
    'xxab cd',
    'ab\ncd',
    'x\nab cd\n',
    'é ab é',
    'b'.repeat(300),
    `ab${'😀'.repeat(50)}`,
  ]
  for (const pattern of ['(a)(b)(.*)', '^(a)?(b)(.*)$', '(?:(x)|(a))b(.*)', '(\\w+) (.*)']) {
    it(`${pattern} captures as it does without the short cut`, () => {
      for (const input of inputs) {
        const linear = compileRegex(pattern, { mode: 'string', engine: 'linear' })
        // A second part that can be empty ends the short cut and changes no capture.
        const plain = compileRegex(`${pattern}(?:)(?:\\x{10ffff}|)`, { mode: 'string', engine: 'linear' })
        const found = Array.from({ length: 20 }, () => linear.match(input)).at(-1)
        expect({ input, found }).toEqual({ input, found: plain.match(input) })
      }
    })
  }
})
