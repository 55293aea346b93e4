import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cmdLine } from './cmd-line.ts'
import { normalisePath } from './normalise-path.ts'

const pieces = fc.constantFrom(
  'a',
  'B',
  '/',
  '//',
  '.',
  '..',
  '...',
  ' ',
  '  ',
  ',',
  ';',
  '"',
  '^',
  '(',
  '\\',
  '\n',
)
const text = fc.array(pieces, { maxLength: 12 }).map((list) => list.join(''))

/** `t:cmdLine` as its documentation says it, step by step. */
function plainCmdLine(input: string): string {
  return input
    .replaceAll(/["'\\^]/g, '')
    .replaceAll(/[ ,;\t\r\n]+/g, ' ')
    .replaceAll(/ (?=[/(])/g, '')
    .replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}

/** `t:normalisePath` over segments. */
function plainPath(input: string): string {
  const absolute = input.startsWith('/')
  const kept: string[] = []
  for (const segment of input.split('/')) {
    if (segment === '' || segment === '.') continue
    if (segment !== '..') kept.push(segment)
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop()
    else if (!absolute) kept.push('..')
  }
  const path = (absolute ? '/' : '') + kept.join('/')
  return input.endsWith('/') && kept.length > 0 ? `${path}/` : path
}

describe('values that a transformation leaves as they are are not built anew', () => {
  it('t:cmdLine does what it does step by step', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(cmdLine.apply(value)).toBe(plainCmdLine(value))
      }),
      { numRuns: 3000 },
    )
  })

  it('t:normalisePath does what it does segment by segment', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(normalisePath.apply(value)).toBe(plainPath(value))
      }),
      { numRuns: 3000 },
    )
  })

  it.each(['words of prose', 'a b', ' a', 'plain', ''])('t:cmdLine keeps %j', (value) => {
    expect(cmdLine.apply(value)).toBe(value)
  })

  it.each(['a ', 'a  b', 'A b', 'a /b', 'a,b', 'a\tb'])('t:cmdLine looks at all of %j', (value) => {
    expect(cmdLine.apply(value)).toBe(plainCmdLine(value))
  })

  it.each(['/a/b.c', 'a/.b/c..', '/', 'a/', '...', '.a', 'a.'])('t:normalisePath keeps %j', (value) => {
    expect(normalisePath.apply(value)).toBe(value)
  })

  it.each(['.', '..', '/.', '/..', 'a/.', 'a/..', './a', '../a', 'a/./b', 'a/../b', 'a//b'])(
    't:normalisePath resolves %j',
    (value) => {
      expect(normalisePath.apply(value)).toBe(plainPath(value))
    },
  )
})
