import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { SegmentWords } from './segment-words.ts'
import { eachWordHash, hasWord, wordPattern } from './word-hashes.ts'

let folder: TemporaryFolder
let words: SegmentWords
beforeEach(() => {
  folder = createTemporaryFolder()
  words = open()
})
afterEach(() => folder.remove())

const open = (): SegmentWords => {
  const opened = new SegmentWords(join(folder.path, 'words'))
  opened.resume(0, 0)
  return opened
}
const said = (message: string): object => ({ message })

describe('filters of segments', () => {
  it('leave out only segments that hold none of it', () => {
    words.add(0, said('GET /cart by 198.51.100.7'))
    words.add(1, said('login of ana failed'))
    words.save()
    expect(words.without(['login'])).toEqual([0])
    expect(words.without(['ana', 'login'])).toEqual([0])
    expect(words.without(['198.51.100.7'])).toEqual([1])
    expect(words.without(['nowhere'])).toEqual([0, 1])
    expect(words.without(['"/"'])).toEqual([])
    expect(words.without([])).toEqual([])
  })

  it('know which words stand side by side', () => {
    words.add(0, said('100.7.198.51'))
    words.save()
    expect(words.without(['7.198'])).toEqual([])
    expect(words.without(['198.7'])).toEqual([0])
  })

  it('go on after a restart within a segment', () => {
    words.add(0, said('before'))
    words.save()
    const again = open()
    again.resume(0, 700)
    again.add(0, said('after'))
    again.save()
    expect(again.without(['before'])).toEqual([])
    expect(again.without(['after'])).toEqual([])
    expect(again.without(['never'])).toEqual([0])
  })

  it('say nothing of a segment whose filter is gone or damaged', () => {
    for (const segment of [0, 1, 2]) words.add(segment, said('word'))
    words.save()
    rmSync(join(folder.path, 'words', '0.bloom'))
    writeFileSync(join(folder.path, 'words', '1.bloom'), 'cut')
    const again = new SegmentWords(join(folder.path, 'words'))
    again.resume(0, 700)
    again.add(0, said('other'))
    again.save()
    expect(again.without(['nowhere'])).toEqual([2])
  })

  it('are forgotten with their segments', () => {
    for (const segment of [0, 1, 2]) words.add(segment, said('word'))
    words.save()
    words.drop(2)
    expect(words.without(['nowhere'])).toEqual([2])
    words.clear()
    expect(words.without(['nowhere'])).toEqual([])
  })

  it('never lose an event that holds the word', () => {
    const text = fc.string({ unit: fc.constantFrom(...'aB1ä.-/ ß'), maxLength: 12 })
    fc.assert(
      fc.property(text, text, text, (before, word, after) => {
        const whole = (before + word + after).toLowerCase()
        const held = new Set<number>()
        eachWordHash(whole, (hash) => held.add(hash))
        if (!hasWord(whole, word.toLowerCase())) return
        eachWordHash(word.toLowerCase(), (hash) => expect(held.has(hash)).toBe(true))
      }),
      { numRuns: 2_000 },
    )
  })
})

it('a word and its pattern for the index mean the same', () => {
  const text = fc.string({ unit: fc.constantFrom(...'ab1.-?\\ '), maxLength: 10 })
  fc.assert(
    fc.property(
      text,
      text.filter((word) => word !== ''),
      (whole, word) => {
        // The flag of RE2 for "." is not one of V8, and the pattern has no ".".
        const pattern = new RegExp(wordPattern(word).replace('(?s)', ''), 'u')
        expect(pattern.test(whole)).toBe(hasWord(whole, word))
      },
    ),
    { numRuns: 2_000 },
  )
})
