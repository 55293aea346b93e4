import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { readLines } from './read-lines.ts'

let folder: TemporaryFolder
beforeEach(() => void (folder = createTemporaryFolder()))
afterEach(() => folder.remove())

const linesOf = (content: string | Uint8Array): string[] => {
  const path = join(folder.path, 'log')
  writeFileSync(path, content)
  return [...readLines(path)]
}

describe('the lines of a file', () => {
  it.each([
    ['', []],
    ['\n\n', []],
    ['a\nb\n', ['a', 'b']],
    ['a\n\nb', ['a', 'b']],
  ])('of %j are %j', (content, lines) => {
    expect(linesOf(content)).toEqual(lines)
  })

  it('are none where there is no file, and an error where it is none', () => {
    expect([...readLines(join(folder.path, 'none'))]).toEqual([])
    expect(() => [...readLines(folder.path)]).toThrow(/EISDIR/)
  })

  it('are whole across the pieces that are read, with letters of several bytes', () => {
    // 1 MiB pieces: the letters of three bytes fall on both sides of their borders.
    const line = '\u20ac'.repeat(1_000)
    const lines = linesOf(`${line}\n`.repeat(1_200))
    expect(lines).toHaveLength(1_200)
    expect(new Set(lines)).toEqual(new Set([line]))
  })

  it('keep what is no UTF-8 apart from its neighbours', () => {
    const lines = linesOf(Buffer.concat([Buffer.from('a\n'), Buffer.from([0xff, 0x0a]), Buffer.from('b\n')]))
    expect(lines).toEqual(['a', '\ufffd', 'b'])
  })
})
