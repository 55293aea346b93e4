import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { LineSplitter, maxIntakeLineBytes } from './line-splitter.ts'

const textOf = (splitter: LineSplitter, ...chunks: (string | Uint8Array)[]): string[] =>
  chunks.flatMap((chunk) => splitter.push(Buffer.from(chunk)).map((line) => line.text))

describe('the line splitter', () => {
  it('gives whole lines and keeps the rest', () => {
    const splitter = new LineSplitter()
    expect(textOf(splitter, 'one\ntw', 'o\n', '\nthree')).toEqual(['one', 'two', ''])
    expect(splitter.end()).toEqual({ text: 'three', truncated: false, bytes: 5 })
    expect(splitter.end()).toBeUndefined()
  })

  it('gives the same lines however the bytes are cut', () => {
    const cutAt = fc.array(fc.nat(400), { maxLength: 12 })
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 30 })), cutAt, (parts, cuts) => {
        const bytes = Buffer.from(parts.join('\n'))
        const whole = new LineSplitter()
        const expected = [...textOf(whole, bytes), whole.end()?.text]
        const split = new LineSplitter()
        const at = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].toSorted(
          (a, b) => a - b,
        )
        const pieces = at.slice(1).map((end, i) => bytes.subarray(at[i], end))
        expect([...textOf(split, ...pieces), split.end()?.text]).toEqual(expected)
      }),
    )
  })

  it('takes a carriage return before the newline for part of the line break', () => {
    expect(textOf(new LineSplitter(), 'a\r\nb\rc\r\n')).toEqual(['a', 'b\rc'])
  })

  it('keeps NULs and marks bytes that are no UTF-8', () => {
    expect(textOf(new LineSplitter(), Buffer.from([0x61, 0, 0xff, 0x0a]))).toEqual(['a\0\uFFFD'])
  })

  it('keeps a character that is split between two reads', () => {
    const bytes = Buffer.from('é\n')
    expect(textOf(new LineSplitter(), bytes.subarray(0, 1), bytes.subarray(1))).toEqual(['é'])
  })

  it('passes a line of the limit whole and cuts one byte more, then goes on', () => {
    const splitter = new LineSplitter()
    const exact = 'x'.repeat(maxIntakeLineBytes)
    expect(splitter.push(Buffer.from(`${exact}\n`))).toMatchObject([
      { text: exact, truncated: false, bytes: exact.length + 1 },
    ])
    expect(splitter.push(Buffer.from(`${exact}y\nnext\n`))).toEqual([
      { text: exact, truncated: true, bytes: exact.length + 2 },
      { text: 'next', truncated: false, bytes: 5 },
    ])
  })

  it('keeps no more than the limit of a line of many megabytes', () => {
    const splitter = new LineSplitter(10)
    for (let i = 0; i < 100; i += 1) expect(splitter.push(Buffer.alloc(100_000, 0x61))).toEqual([])
    expect(splitter.push(Buffer.from('\n'))).toMatchObject([{ text: 'aaaaaaaaaa', truncated: true }])
  })
})
