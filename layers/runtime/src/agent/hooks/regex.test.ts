import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exceedsSteps } from '../judges/count-steps.ts'
import { canExplode, maxPattern, mayExplode, readRegex } from '../lexers/regex-tree.ts'

describe('canExplode', () => {
  it.each([
    [/^(a+)+$/, true],
    [/(?:\w+\s?)*$/, true],
    [/^(?:a|aa)+$/, true],
    [/([a-z]+)*\d/, true],
    [/^\d{4}-\d{2}$/, false],
    [/^\s*(.*?)\s*$/, false],
    [/(abc){2,5}/, false],
    [/[(+)*]+/, false],
    [/^(?:[^"\\]|\\.)*$/, false],
    [/^(?:[a-z]+\.)+[a-z]{2,}$/, false],
    [/^(?:a|b)+$/, false],
  ])('%s: %s', (regex, expected) => {
    const tree = readRegex(regex.source, regex.flags)
    expect(tree !== undefined && canExplode(tree)).toBe(expected)
    if (expected) expect(mayExplode(regex.source)).toBe(true)
  })

  it.each([
    [String.raw`^\d{4}(?:-\d{2}){2}$`, false],
    [String.raw`\B(?=(\d{3})+(?!\d))`, false],
    [String.raw`([(*+|]x?)+\)+`, false],
    [String.raw`(\d{1,3}\.){3}`, true],
    ['(?:a|b)*', true],
    ['((x+)y)*', true],
    ['(a+)(b)*', false],
  ])('a look at the text of %s says %s', (pattern, expected) => {
    expect(mayExplode(pattern)).toBe(expected)
  })

  it('can explode only where a look at the text says so', () => {
    const parts = ['a', '(', ')', '*', '+', '?', '|', '[+*]', String.raw`\)`, '(?:', '{2,}', '{3}', '(?=']
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 14 }), (chosen) => {
        const pattern = chosen.join('')
        const tree = readRegex(pattern, '')
        return tree === undefined || !canExplode(tree) || mayExplode(pattern)
      }),
      { numRuns: 2_000 },
    )
  })

  it('does not read what it does not know', () => {
    for (const regex of [/(a)\1+/, /(?<=a)b+/, /\p{L}+/u])
      expect(readRegex(regex.source, regex.flags)).toBeUndefined()
    expect(readRegex('a'.repeat(maxPattern), '')).toBeDefined()
    expect(readRegex('a'.repeat(maxPattern + 1), '')).toBeUndefined()
  })
})

describe('exceedsSteps', () => {
  const exceeds = (regex: RegExp, text: string): boolean => {
    const tree = readRegex(regex.source, regex.flags)
    if (tree === undefined) throw new Error('not read')
    return exceedsSteps(tree, { text, flags: regex.flags, limit: 60_000 + 40 * text.length })
  }

  it.each([
    [/^(a+)+$/, `${'a'.repeat(25)}!`],
    [/^(?:\w+\s?)*$/, `${'word '.repeat(30)}!`],
    [/^([a-z]|[a-y])+$/i, `${'aB'.repeat(20)}1`],
  ])('%s explodes on %j', (regex, text) => {
    expect(exceeds(regex, text)).toBe(true)
  })

  it.each([
    [/^(a+)+$/, 'a'.repeat(3_000)],
    [/^(a+)+$/, 'b'.repeat(3_000)],
    [/^([a-zA-Z0-9]+[._-]?)+@(?:[a-z]+\.)+[a-z]{2,}$/, 'margaret.hamilton@software.example.org'],
    [/(?:^|\s)(?:\w+\s)*x\b/m, 'one two three x'],
    [/^(?=.*\d)(?:\w|-)+$/, 'abc-123-def-456-ghi'],
    [/^(?:[^"\\]|\\.)*$/, String.raw`a plain text with \" quotes and more of it`],
  ])('%s does not on %j', (regex, text) => {
    expect(exceeds(regex, text)).toBe(false)
  })
})
