import { describe, expect, it } from 'vitest'

import { compareEngines } from '../../test/engines.ts'
import {
  classOfWide,
  contextEdge,
  contextFinalNewline,
  contextNewline,
  contextOther,
  contextWord,
} from './alphabet.ts'
import { contextBefore, readClass, widthAt, widthBefore } from './read-class.ts'

function alphabetOf(
  pattern: string,
  mode: 'bytes' | 'string' = 'bytes',
): ReturnType<typeof compareEngines>['alphabet'] {
  return compareEngines(pattern, { mode, withoutRe2: true }).alphabet
}

describe('buildAlphabet', () => {
  it('gives characters that the pattern does not tell apart one class', () => {
    const alphabet = alphabetOf('[a-f]+[0-9]')
    const classOf = (text: string): number => alphabet.direct[text.charCodeAt(0)] ?? -1
    expect(classOf('a')).toBe(classOf('f'))
    expect(classOf('0')).toBe(classOf('9'))
    expect(classOf('z')).toBe(classOf(' '))
    expect(new Set([classOf('a'), classOf('0'), classOf('z')]).size).toBe(3)
    expect(alphabet.size).toBe(3 + 2)
  })

  it('lists the members of each set by class', () => {
    const { program, alphabet } = compareEngines('[ab][bc]', { withoutRe2: true })
    for (const [number, set] of program.sets.entries()) {
      for (let code = 0; code < 256; code++) {
        const member = code >= (set[0] ?? 0) && code <= (set[1] ?? 0)
        expect(alphabet.members[number * alphabet.size + (alphabet.direct[code] ?? 0)] === 1).toBe(member)
      }
      expect(alphabet.members[number * alphabet.size + alphabet.endClass]).toBe(0)
    }
  })

  it('tells words and lines apart only for patterns that ask', () => {
    expect([...new Set(alphabetOf('a').context)].sort((a, b) => a - b)).toEqual([
      contextOther,
      contextEdge,
      contextFinalNewline,
    ])
    const word = alphabetOf('\\ba')
    expect(word.context[word.direct[0x5f] ?? 0]).toBe(contextWord)
    expect(word.context[word.direct[0x20] ?? 0]).toBe(contextOther)
    const line = alphabetOf('(?m)^a')
    expect(line.context[line.direct[0x0a] ?? 0]).toBe(contextNewline)
  })

  it('finds classes of code points outside the table by range', () => {
    const alphabet = alphabetOf('[\u0400-\u04ff]|\u{1f600}', 'string')
    expect(classOfWide(alphabet, 0x400)).toBe(classOfWide(alphabet, 0x4ff))
    expect(classOfWide(alphabet, 0x3ff)).toBe(classOfWide(alphabet, 0x500))
    expect(classOfWide(alphabet, 0x400)).not.toBe(classOfWide(alphabet, 0x500))
    expect(classOfWide(alphabet, 0x1f600)).not.toBe(classOfWide(alphabet, 0x1f601))
    expect(classOfWide(alphabet, 0x10ffff)).toBe(classOfWide(alphabet, 0x500))
  })
})

describe('reading classes', () => {
  it('reads surrogate pairs as one character in wide mode only', () => {
    const text = 'a\u{1f600}b\ud83d'
    expect([widthAt(true, text, 1), widthAt(false, text, 1), widthAt(true, text, 4)]).toEqual([2, 1, 1])
    expect([
      widthBefore(true, text, 3),
      widthBefore(false, text, 3),
      widthBefore(true, text, 4),
      widthBefore(true, text, 1),
    ]).toEqual([2, 1, 1, 1])
  })

  it('gives the end class at and after the end', () => {
    const alphabet = alphabetOf('a')
    expect(readClass(alphabet, false, 'a', 1)).toBe(alphabet.endClass)
    expect(readClass(alphabet, false, '', 5)).toBe(alphabet.endClass)
  })

  it('marks a newline that ends the input for patterns with \\Z', () => {
    const alphabet = alphabetOf('a\\Z')
    expect(readClass(alphabet, false, '\n\n', 1)).toBe(alphabet.finalNewlineClass)
    expect(readClass(alphabet, false, '\n\n', 0)).not.toBe(alphabet.finalNewlineClass)
    expect(contextBefore(alphabet, false, '\n', 1)).toBe(contextFinalNewline)
  })

  it('stays in its table for any unit', () => {
    const alphabet = alphabetOf('a')
    expect(readClass(alphabet, false, '\u0161', 0)).toBe(alphabet.direct[0x61])
    expect(contextBefore(alphabet, false, 'a', 0)).toBe(contextEdge)
  })
})
