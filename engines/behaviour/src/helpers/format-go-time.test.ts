import { describe, expect, it } from 'vitest'

import { parseGoTime } from '../time/parse-go-time.ts'
import { formatGoTime } from './format-go-time.ts'
import { GoTime, offsetText, zeroTime } from './go-time.ts'

// Wednesday; the 36th day of its year.
const time = new GoTime(Date.UTC(2025, 1, 5, 15, 4, 9, 250), 6_700)

describe('formatGoTime', () => {
  const rows: readonly (readonly [layout: string, text: string])[] = [
    ['2006-01-02T15:04:05Z07:00', '2025-02-05T15:04:09Z'],
    ['02/Jan/2006:15:04:05 -0700', '05/Feb/2025:15:04:09 +0000'],
    ['Monday, 2 January 06', 'Wednesday, 5 February 25'],
    ['Mon Jan _2 15:04:05 2006', 'Wed Feb  5 15:04:09 2025'],
    ['1/2 3:4:5 PM', '2/5 3:4:9 PM'],
    ['03:04pm', '03:04pm'],
    ['15:04:05.000', '15:04:09.250'],
    ['15:04:05.000000000', '15:04:09.250006700'],
    ['15:04:05.999999999', '15:04:09.2500067'],
    ['15:04:05,999', '15:04:09,25'],
    ['002', '036'],
    ['__2', ' 36'],
    ['MST', 'UTC'],
    ['no piece', 'no piece'],
    ['', ''],
  ]
  it.each(rows)('by %j is %j', (layout, text) => {
    expect(formatGoTime(layout, time)).toBe(text)
  })

  it('writes the offset that the time was written with', () => {
    const east = new GoTime(time.ms, 0, 330)
    const west = new GoTime(time.ms, 0, -480)
    expect(['Z07:00', '-0700', '-07:00', '-07', 'MST'].map((layout) => formatGoTime(layout, east))).toEqual([
      '+05:30',
      '+0530',
      '+05:30',
      '+05',
      '+0530',
    ])
    expect(formatGoTime('15:04 -0700 MST', west)).toBe('07:04 -0800 -08')
  })

  it.each(['2006-01-02T15:04:05.999999999Z07:00', '02/Jan/2006:15:04:05.000000000 -0700'])(
    'by %s is read back as the same',
    (layout) => {
      for (const offset of [0, 60, -210, 840]) {
        const one = new GoTime(time.ms, time.ns, offset)
        expect(parseGoTime(layout, formatGoTime(layout, one))?.time).toEqual(one)
      }
    },
  )
})

describe('GoTime', () => {
  it('writes as many digits of the second as are needed', () => {
    const at = Date.UTC(2026, 1, 10, 12, 34, 56)
    const texts = [
      new GoTime(at),
      new GoTime(at + 500),
      new GoTime(at + 7),
      new GoTime(at, 1),
      new GoTime(at + 120, 450_000),
      new GoTime(at, 0, 60),
      new GoTime(-1),
    ].map((one) => one.toRfc3339())
    expect(texts).toEqual([
      '2026-02-10T12:34:56Z',
      '2026-02-10T12:34:56.5Z',
      '2026-02-10T12:34:56.007Z',
      '2026-02-10T12:34:56.000000001Z',
      '2026-02-10T12:34:56.12045Z',
      '2026-02-10T13:34:56+01:00',
      '1969-12-31T23:59:59.999Z',
    ])
  })

  it('adds nanoseconds, also across milliseconds and backwards', () => {
    const from = new GoTime(1_000, 999_999)
    expect([from.plus(1), from.plus(-1_000_000), from.plus(2_500_001)].map(({ ms, ns }) => [ms, ns])).toEqual(
      [
        [1_001, 0],
        [999, 999_999],
        [1_003, 500_000],
      ],
    )
    expect(from.plus(123_456_789).nanosecondsSince(from)).toBe(123_456_789)
  })

  it('orders by milliseconds, then nanoseconds', () => {
    const [a, b, c] = [new GoTime(1, 5), new GoTime(1, 6), new GoTime(2)]
    expect(
      [a.compare(b), b.compare(a), b.compare(c), a.compare(new GoTime(1, 5, 60))].map(Math.sign),
    ).toEqual([-1, 1, -1, 0])
  })

  it('counts days of the year in its own offset', () => {
    const newYear = Date.UTC(2025, 0, 1)
    expect([new GoTime(newYear).yearDay, new GoTime(newYear, 0, -60).yearDay]).toEqual([1, 366])
  })

  it('knows no time', () => {
    expect([zeroTime.isZero, zeroTime.toRfc3339(), new GoTime(0).isZero]).toEqual([
      true,
      '0001-01-01T00:00:00Z',
      false,
    ])
  })

  it('writes offsets', () => {
    expect([offsetText(0, ':'), offsetText(90, ':'), offsetText(-90, ''), offsetText(5, '')]).toEqual([
      'Z',
      '+01:30',
      '-0130',
      '+0005',
    ])
  })
})
