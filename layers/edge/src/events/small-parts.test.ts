import { describe, expect, it } from 'vitest'
import { FirstSight, firstSightSize } from './first-sight.ts'
import { jsonText, readableText } from './json-text.ts'
import { createTimestamp } from './timestamp.ts'

describe('createTimestamp', () => {
  it('gives what Date gives, also across seconds and backwards', () => {
    const timestamp = createTimestamp()
    for (const ms of [
      0, 1, 999, 1000, 1_700_000_000_007, 1_700_000_000_070, 1_700_000_000_700, 1_699_999_999_999,
    ]) {
      expect(timestamp(ms)).toBe(new Date(ms).toISOString())
    }
  })
})

describe('FirstSight', () => {
  it('knows an address after its first time', () => {
    const sights = new FirstSight()
    expect([sights.isFirst('a'), sights.isFirst('a'), sights.isFirst('b')]).toEqual([true, false, true])
  })

  it('remembers at least one generation and forgets the oldest', () => {
    const sights = new FirstSight()
    for (let i = 0; i < firstSightSize; i += 1) sights.isFirst(String(i))
    expect(sights.isFirst('0')).toBe(false)
    sights.isFirst('new')
    expect(sights.isFirst('0')).toBe(false)
    for (let i = 0; i < 2 * firstSightSize; i += 1) sights.isFirst(`x${i}`)
    expect(sights.isFirst('1')).toBe(true)
  })
})

describe('jsonText', () => {
  it('writes what JSON reads back, cut to its limit', () => {
    for (const text of ['plain', '"quoted"', 'back\\slash', 'tab\tnew\n', '\x7f']) {
      expect(JSON.parse(jsonText(text, 100))).toBe(text)
    }
    expect(jsonText('abcdef', 3)).toBe('"abc"')
    expect(readableText(Buffer.from('é').toString('latin1'))).toBe('é')
  })
})
