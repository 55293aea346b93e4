import { array, assert, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blockEnds, splitLines } from './split-lines.ts'

describe('the blocks of a body', () => {
  it.each([
    ['a\nb\nc\n', [1, 2], [2, 6]],
    ['a\nb\nc\n', [3], [6]],
    ['a\nb\nc\n', [2], undefined],
    ['a\nb\nc\n', [4], undefined],
    ['a\nb\nc', [3], undefined],
    ['', [1], undefined],
    ['', [], []],
    ['\n\n', [1, 1], [1, 2]],
  ])('of %j with %j lines end at %j', (text, blocks, expected) => {
    expect(blockEnds(Buffer.from(text), blocks)).toEqual(expected)
  })
})

describe('the lines of a body', () => {
  it('are the same text, byte for byte', () => {
    assert(
      property(array(string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ' '))), (lines) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
        expect(splitLines(bytes)).toEqual(lines)
      }),
    )
  })

  it('that are no UTF-8 are left open, and their neighbours are kept', () => {
    const bytes = Buffer.concat([
      Buffer.from('é\n'),
      Buffer.from([0xc3, 0x28, 0x0a]),
      Buffer.from('\ufeffx\n'),
      Buffer.from([0xff, 0x0a]),
    ])
    expect(splitLines(bytes)).toEqual(['é', undefined, '\ufeffx', undefined])
  })

  it('keep a byte order mark and a carriage return', () => {
    expect(splitLines(Buffer.from('\ufeffa\r\n'))).toEqual(['\ufeffa\r'])
  })
})
