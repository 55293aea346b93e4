import { describe, expect, it } from 'vitest'
import { parseGoTime } from './parse-go-time.ts'
import { readDate } from './read-date.ts'

// Answers of Go 1.22's time.Parse.
const cases: readonly (readonly [layout: string, text: string, result: string | undefined])[] = [
  ['2006-01-02T15:04:05Z07:00', '2026-02-10T01:02:03Z', '2026-02-10T01:02:03Z'],
  ['2006-01-02T15:04:05Z07:00', '2026-02-10T01:02:03.25+02:00', '2026-02-10T01:02:03.25+02:00'],
  ['2006-01-02T15:04:05Z07:00', '2026-02-10T01:02:03', undefined],
  ['02/Jan/2006:15:04:05 -0700', '10/Feb/2026:00:00:01 -0530', '2026-02-10T00:00:01-05:30'],
  ['02/Jan/2006:15:04:05 -0700', '10/feb/2026:00:00:01 +0000', '2026-02-10T00:00:01Z'],
  ['Jan  2 15:04:05', 'Feb  1 10:11:12', '0000-02-01T10:11:12Z'],
  ['Jan  2 15:04:05', 'Feb 10 10:11:12', '0000-02-10T10:11:12Z'],
  ['Jan _2 15:04:05', 'Feb  1 10:11:12', '0000-02-01T10:11:12Z'],
  ['Jan  2 15:04:05', 'Feb 30 10:11:12', undefined],
  ['Jan  2 15:04:05', 'Feb 29 10:11:12', '0000-02-29T10:11:12Z'],
  ['2006-01-02', '2026-02-29', undefined],
  ['2006-01-02', '2024-02-29', '2024-02-29T00:00:00Z'],
  ['2006-01-02 15:04:05', '2026-02-10 24:00:00', undefined],
  ['2006-01-02 15:04:05', '2026-02-10 10:00:00,5', '2026-02-10T10:00:00.5Z'],
  ['2006-01-02 15:04:05.000', '2026-02-10 10:00:00.5', undefined],
  ['2006-01-02 15:04:05.000', '2026-02-10 10:00:00.512', '2026-02-10T10:00:00.512Z'],
  ['2006-01-02 15:04:05.999999999 -0700 MST', '2026-02-10 10:00:00 +0000 UTC', '2026-02-10T10:00:00Z'],
  ['Mon Jan 2 15:04:05 2006', 'Tue Feb 10 10:00:00 2026', '2026-02-10T10:00:00Z'],
  ['Monday, 02-Jan-06 15:04:05 MST', 'Tuesday, 10-Feb-26 10:00:00 CET', '2026-02-10T10:00:00Z'],
  ['Monday, 02-Jan-06 15:04:05 MST', 'Tuesday, 10-Feb-69 10:00:00 CET', '1969-02-10T10:00:00Z'],
  ['January 2, 2006 3:04 PM', 'February 10, 2026 12:30 AM', '2026-02-10T00:30:00Z'],
  ['January 2, 2006 3:04 PM', 'February 10, 2026 1:30 PM', '2026-02-10T13:30:00Z'],
  ['1/2/2006', '2/9/2026', '2026-02-09T00:00:00Z'],
  ['2006-002', '2026-041', '2026-02-10T00:00:00Z'],
  ['2006-002', '2026-366', undefined],
  ['2006-002', '2024-366', '2024-12-31T00:00:00Z'],
  ['15:04:05.999999999', '10:11:12.123456789', '0000-01-01T10:11:12.123456789Z'],
  ['2006-01-02', '2026-02-10 ', undefined],
  ['Janet 2006', 'Janet 2026', '2026-01-01T00:00:00Z'],
]

describe('times by Go layouts', () => {
  for (const [layout, text, result] of cases) {
    it(`${layout} of ${text} is ${result ?? 'no time'}`, () => {
      expect(parseGoTime(layout, text)?.time.toRfc3339()).toBe(result)
    })
  }
})

describe('dates of logs', () => {
  it('get the year of the clock when they name none', () => {
    expect(readDate('Feb 10 10:11:12', '', 2026)?.toRfc3339()).toBe('2026-02-10T10:11:12Z')
    expect(readDate('Feb 29 10:11:12', '', 2026)?.toRfc3339()).toBe('2026-03-01T10:11:12Z')
  })

  it('try the layout of the parser first, then the common ones, then seconds since 1970', () => {
    expect(readDate('02/03/2026 10:00:00', '02/01/2006 15:04:05', 2026)?.toRfc3339()).toBe(
      '2026-03-02T10:00:00Z',
    )
    expect(readDate('02/03/2026 10:00:00', 'Jan 2', 2026)?.toRfc3339()).toBe('2026-02-03T10:00:00Z')
    expect(readDate('1770681600.25', '', 2026)?.toRfc3339()).toBe('2026-02-10T00:00:00Z')
  })

  it('are no dates when nothing fits, whatever the text', () => {
    for (const text of [
      '',
      'soon',
      '-5',
      '0',
      '1e400',
      '\0',
      'é'.repeat(300),
      '9'.repeat(300),
      '99999999999999',
    ])
      expect(readDate(text, '', 2026)).toBeUndefined()
  })
})
