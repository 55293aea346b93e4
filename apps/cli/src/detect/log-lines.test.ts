import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eachLogLine, maxLogLineBytes } from './log-lines.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sf-lines-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function linesOf(content: string | Uint8Array): readonly string[] {
  const path = join(folder, 'a.log')
  writeFileSync(path, content)
  const lines: string[] = []
  eachLogLine(path, (line) => lines.push(line))
  return lines
}

describe('lines of a log file', () => {
  it('end at newlines, without carriage returns, and empty ones are passed over', () => {
    expect(linesOf('a\r\n\n\r\nb\nc')).toEqual(['a', 'b', 'c'])
    expect(linesOf('')).toEqual([])
    expect(linesOf('\n\n')).toEqual([])
  })

  it('keep NULs, and show broken UTF-8 as such', () => {
    expect(linesOf(Buffer.from([0x61, 0, 0x62, 10, 0xff, 0xc3, 0xa9, 10]))).toEqual(['a\0b', '\ufffd\u00e9'])
  })

  it('are whole across the pieces in which the file is read', () => {
    const lines = Array.from({ length: 3_000 }, (_, n) => `${n} ${'x'.repeat(900)}`)
    expect(linesOf(`${lines.join('\n')}\n`)).toEqual(lines)
  })

  it('are cut at the limit, and the rest of an overlong line is passed over', () => {
    const almost = 'a'.repeat(maxLogLineBytes - 1)
    const exact = 'b'.repeat(maxLogLineBytes)
    const over = 'c'.repeat(maxLogLineBytes * 3 + 7)
    const found = linesOf(`${almost}\n${exact}\n${over}\nlast\n`)
    expect(found.map((line) => [line[0], line.length])).toEqual([
      ['a', maxLogLineBytes - 1],
      ['b', maxLogLineBytes],
      ['c', maxLogLineBytes],
      ['l', 4],
    ])
  })
})
