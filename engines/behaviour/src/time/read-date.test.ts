import { describe, expect, it } from 'vitest'

import { maxDateLength, readDate } from './read-date.ts'

const noLayout = ''
const read = (text: string, layout = noLayout, year = 2026): string | undefined =>
  readDate(text, layout, year)?.toRfc3339()

describe('readDate', () => {
  const rows: readonly (readonly [text: string, time: string | undefined])[] = [
    ['2026-02-10T12:34:56Z', '2026-02-10T12:34:56Z'],
    ['2026-02-10T12:34:56+01:00', '2026-02-10T12:34:56+01:00'],
    ['2026-02-10T12:34:56.789Z', '2026-02-10T12:34:56.789Z'],
    ['10/Feb/2026:12:34:56 +0000', '2026-02-10T12:34:56Z'],
    ['Tue Feb 10 12:34:56 2026', '2026-02-10T12:34:56Z'],
    ['Tue Feb  3 12:34:56 2026', '2026-02-03T12:34:56Z'],
    ['Tue Feb 10 12:34:56.123456 2026', '2026-02-10T12:34:56.123456Z'],
    ['10-Feb-2026 12:34:56 europe/paris', '2026-02-10T12:34:56Z'],
    ['02/10/2026 12:34:56', '2026-02-10T12:34:56Z'],
    ['2026-02-10 12:34:56.5 +0000 UTC', '2026-02-10T12:34:56.5Z'],
    ['Feb 10 12:34:56', '2026-02-10T12:34:56Z'],
    ['Feb  1 12:34:56', '2026-02-01T12:34:56Z'],
    ['feb 10 12:34:56', '2026-02-10T12:34:56Z'],
    ['2026/02/10', '2026-02-10T00:00:00Z'],
    ['2026/02/10 12:34', '2026-02-10T12:34:00Z'],
    ['2026/02/10 12:34:56', '2026-02-10T12:34:56Z'],
    ['2026-02-10', '2026-02-10T00:00:00Z'],
    ['2026-02-10 12:34', '2026-02-10T12:34:00Z'],
    ['2026-02-10 12:34:56', '2026-02-10T12:34:56Z'],
    ['2026-02-10T12:34:56', '2026-02-10T12:34:56Z'],
    ['1770726896', '2026-02-10T12:34:56Z'],
    ['1770726896.25', '2026-02-10T12:34:56Z'],
    ['+1770726896', '2026-02-10T12:34:56Z'],
    [' Feb 10 12:34:56', undefined],
    ['0', undefined],
    ['-5', undefined],
    ['February', undefined],
    ['Feb 30 12:34:56', undefined],
    ['', undefined],
  ]
  it.each(rows)('of %j is %j', (text, time) => {
    expect(read(text)).toBe(time)
  })

  it('tries the layout of the parser first, then the common ones', () => {
    expect(read('2026-03-02', '2006-02-01')).toBe('2026-02-03T00:00:00Z')
    expect(read('2026-03-02', '15:04')).toBe('2026-03-02T00:00:00Z')
    expect(read('at noon of 2', 'at noon of 2')).toBe('2026-01-02T00:00:00Z')
  })

  it('makes 1 March of a 29 February that the year does not have', () => {
    expect([read('Feb 29 00:00:00', noLayout, 2024), read('Feb 29 00:00:00', noLayout, 2026)]).toEqual([
      '2024-02-29T00:00:00Z',
      '2026-03-01T00:00:00Z',
    ])
  })

  it(`takes texts up to ${maxDateLength} characters`, () => {
    const seconds = `1770726896.${'0'.repeat(maxDateLength - 11)}`
    expect([read(seconds), read(`${seconds}0`)]).toEqual(['2026-02-10T12:34:56Z', undefined])
  })
})
