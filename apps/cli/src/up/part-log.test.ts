import {
  closeSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lastLines, maxLogBytes, openPartLog } from './part-log.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sf-cli-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(text: string): string {
  const { fd, path } = openPartLog(folder, 'edge')
  writeSync(fd, text)
  closeSync(fd)
  return path
}

describe('openPartLog', () => {
  it('appends, for the owner alone', () => {
    write('one\n')
    const path = write('two\n')
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n')
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('keeps a log of exactly the limit and puts a longer one aside', () => {
    const path = join(folder, 'edge.log')
    writeFileSync(path, Buffer.alloc(maxLogBytes))
    write('')
    expect(existsSync(`${path}.1`)).toBe(false)
    write('x')
    write('new\n')
    expect(statSync(`${path}.1`).size).toBe(maxLogBytes + 1)
    expect(readFileSync(path, 'utf8')).toBe('new\n')
  })
})

describe('lastLines', () => {
  it('gives the newest lines, without empty ones, harmless for a terminal', () => {
    const path = write('one\n\ntwo\n\u001b[31mthree\u0007\n\n')
    expect(lastLines(path, 2)).toEqual(['two', '\\x1b[31mthree\\x07'])
  })

  it('reads no more than the end of a long log, and cuts long lines', () => {
    const path = write(`${'x'.repeat(100_000)}\nend\n`)
    const lines = lastLines(path, 5)
    expect(lines.at(-1)).toBe('end')
    expect(lines.join('').length).toBeLessThan(1000)
  })

  it('gives nothing of a log that is not there', () => {
    expect(lastLines(join(folder, 'none.log'), 5)).toEqual([])
  })
})
