import { describe, expect, it } from 'vitest'

import { compareEngines } from '../../test/engines.ts'

/** Conditions, each with the same said in the words of V8 without flags. */
const conditions: readonly (readonly [written: string, plain: string])[] = [
  ['\\A', '(?<![^])'],
  ['\\z', '(?![^])'],
  ['\\Z', '(?=\\n?(?![^]))'],
  ['(?m:^)', '(?<![^\\n])'],
  ['(?m:$)', '(?![^\\n])'],
  ['\\b', '(?:(?<=[0-9A-Za-z_])(?![0-9A-Za-z_])|(?<![0-9A-Za-z_])(?=[0-9A-Za-z_]))'],
  ['\\B', '(?:(?<=[0-9A-Za-z_])(?=[0-9A-Za-z_])|(?<![0-9A-Za-z_])(?![0-9A-Za-z_]))'],
]

/** Every text of up to four units of these kinds: all neighbours that a condition can have. */
const units = ['a', '_', '\n', ' ', '\xe9']
const texts = [0, 1, 2, 3, 4].reduce<string[]>(
  (all, length) =>
    length === 0
      ? ['']
      : [
          ...all,
          ...all
            .filter((text) => text.length === length - 1)
            .flatMap((text) => units.map((unit) => text + unit)),
        ],
  [],
)

/** Places of a text at which a condition holds, asked for one by one with a sequence of any characters in front. */
function placesOf(find: (input: string) => readonly number[] | null, text: string): boolean {
  return find(text) !== null
}

describe.each(conditions)('%s', (written, plain) => {
  it.each([0, 1, 2, 3, 4])('holds behind %i characters where V8 says so', (before) => {
    const { finders } = compareEngines(`\\A(?s:.){${before}}${written}`, { withoutRe2: true })
    const judge = new RegExp(`^[^]{${before}}${plain}`)
    for (const text of texts) {
      const expected = judge.test(text)
      for (const [name, find] of finders)
        expect({ name, text, holds: placesOf(find, text) }).toEqual({ name, text, holds: expected })
    }
  })

  it.each(conditions.map(([other]) => other))('and %s hold together where both do', (other) => {
    const both = compareEngines(`${written}${other}`, { withoutRe2: true }).finders
    const turned = compareEngines(`${other}${written}`, { withoutRe2: true }).finders
    const plainOther = conditions.find(([one]) => one === other)?.[1] ?? ''
    const judge = new RegExp(`${plain}${plainOther}`)
    for (const text of texts.filter(({ length }) => length < 4)) {
      const found = judge.exec(text)
      const expected = found === null ? null : [found.index, found.index]
      for (const finders of [both, turned])
        for (const [name, find] of finders)
          expect({ name, text, found: find(text) }).toEqual({ name, text, found: expected })
    }
  })

  it.each(['*', '+', '?', '{2}', '*?', '{0,3}'])(
    'may be repeated by %s, which changes only whether it has to hold',
    (repeat) => {
      const must = !/^[*?]|\{0/.test(repeat)
      const { finders } = compareEngines(`(?:${written})${repeat}a`, { withoutRe2: true })
      const judge = new RegExp(must ? `${plain}a` : 'a')
      for (const text of texts.filter(({ length }) => length < 4)) {
        const found = judge.exec(text)
        const expected = found === null ? null : [found.index, found.index + 1]
        for (const [name, find] of finders)
          expect({ name, text, found: find(text) }).toEqual({ name, text, found: expected })
      }
    },
  )
})
