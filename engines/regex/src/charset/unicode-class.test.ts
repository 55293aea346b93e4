import { describe, expect, it } from 'vitest'

import { setHas } from './char-set.ts'
import { horizontalSpace, posixClasses, verticalSpace } from './named-classes.ts'
import { unicodeClass } from './unicode-class.ts'

describe('unicodeClass', () => {
  it('knows categories and scripts by their short names', () => {
    const upper = unicodeClass('Lu') ?? []
    expect([0x41, 0xc9, 0x10400].every((code) => setHas(upper, code))).toBe(true)
    expect([0x61, 0x30].some((code) => setHas(upper, code))).toBe(false)
    expect(setHas(unicodeClass('Greek') ?? [], 0x3bb)).toBe(true)
    expect(unicodeClass('Any')).toEqual([0, 0x10ffff])
  })

  it('stops at the largest code that is asked for', () => {
    expect(unicodeClass('Lu', 0xff)).toEqual([0x41, 0x5a, 0xc0, 0xd6, 0xd8, 0xde])
    expect(unicodeClass('Any', 0xff)).toEqual([0, 0xff])
    expect(unicodeClass('Greek', 0xff)).toEqual([])
  })

  it.each(['Nope', '', 'lu', 'Lu}', 'Script=Greek', '__proto__'])('does not know %j', (name) => {
    expect(unicodeClass(name)).toBeUndefined()
  })
})

describe('named classes', () => {
  const classes: readonly (readonly [string, RegExp])[] = [
    ['alnum', /[0-9A-Za-z]/],
    ['alpha', /[A-Za-z]/],
    ['ascii', /[\x00-\x7f]/],
    ['blank', /[ \t]/],
    ['cntrl', /[\x00-\x1f\x7f]/],
    ['digit', /[0-9]/],
    ['graph', /[!-~]/],
    ['lower', /[a-z]/],
    ['print', /[ -~]/],
    ['punct', /[!-/:-@[-`{-~]/],
    ['space', /[\t-\r ]/],
    ['upper', /[A-Z]/],
    ['word', /[0-9A-Za-z_]/],
    ['xdigit', /[0-9A-Fa-f]/],
  ]
  it.each(classes)('[:%s:] are the characters of the C locale', (name, expected) => {
    const set = posixClasses.get(name) ?? []
    for (let code = 0; code < 256; code++)
      expect({ code, member: setHas(set, code) }).toEqual({
        code,
        member: expected.test(String.fromCharCode(code)),
      })
  })

  it('are all listed above', () => {
    expect([...posixClasses.keys()].sort()).toEqual(classes.map(([name]) => name).sort())
  })

  it('take in wide spaces only where inputs have them', () => {
    expect(horizontalSpace(0xff)).toEqual([9, 9, 0x20, 0x20, 0xa0, 0xa0])
    expect(setHas(horizontalSpace(0x10ffff), 0x3000)).toBe(true)
    expect(verticalSpace(0xff)).toEqual([0x0a, 0x0d, 0x85, 0x85])
    expect(setHas(verticalSpace(0x10ffff), 0x2028)).toBe(true)
  })
})
