import { describe, expect, it } from 'vitest'
import { parseDuration, parseSize } from './units.ts'

describe('parseDuration', () => {
  const good: readonly (readonly [string, number])[] = [
    ['0s', 0],
    ['500ms', 500],
    ['10s', 10_000],
    ['5m', 300_000],
    ['4h', 14_400_000],
    ['30d', 2_592_000_000],
  ]
  for (const [text, ms] of good) it(`reads ${text}`, () => expect(parseDuration(text)).toBe(ms))
  for (const text of ['', '5', 's', '1.5s', '-1s', '1 s', '1S', '1w', '9999999999s', '10s ', '1h30m']) {
    it(`refuses "${text}"`, () => expect(parseDuration(text)).toBeUndefined())
  }
})

describe('parseSize', () => {
  const good: readonly (readonly [string, number])[] = [
    ['0B', 0],
    ['512B', 512],
    ['16KiB', 16_384],
    ['8MiB', 8_388_608],
    ['2GiB', 2_147_483_648],
    ['1TiB', 1_099_511_627_776],
  ]
  for (const [text, bytes] of good) it(`reads ${text}`, () => expect(parseSize(text)).toBe(bytes))
  for (const text of ['', '5', '16KB', '16kib', '1.5MiB', '-1B', '1 KiB']) {
    it(`refuses "${text}"`, () => expect(parseSize(text)).toBeUndefined())
  }
})
