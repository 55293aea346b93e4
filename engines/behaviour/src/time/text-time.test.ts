import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { GoTime } from '../helpers/go-time.ts'
import { recordOfLine } from '../parse/new-record.ts'
import { parseGoTime } from './parse-go-time.ts'
import { TextTime } from './text-time.ts'

function read(text: string, reader: TextTime = new TextTime()): GoTime | undefined {
  const line = { raw: '', source: '', module: 'file', labels: new Map<string, string>() }
  const record = recordOfLine(line, new GoTime(0), 'log')
  record.MarshaledTime = text
  return reader.read(record)
}

const layout = '2006-01-02T15:04:05.999999999Z07:00'

describe('the time of a record in a replay', () => {
  const same: readonly string[] = [
    '2026-02-10T12:34:56Z',
    '2024-02-29T23:59:59Z',
    '2026-12-31T00:00:00Z',
    '2026-02-10T12:34:56.25Z',
    '2026-02-10T12:34:56+02:00',
    '2026-02-10T12:34:56.123456789-05:30',
    '0999-01-01T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-02-00T00:00:00Z',
    '2026-02-10T24:00:00Z',
    '2026-02-10T12:60:00Z',
    '2026-02-10T12:00:60Z',
    '2026-02-10 12:34:56Z',
    '2026/02/10T12:34:56Z',
    '20x6-02-10T12:34:56Z',
    '2026-02-10T12:34:5aZ',
    '2026-02-10T12:34:56z',
    'yesterday',
  ]
  it.each(same)('of %j is what its layout says', (text) => {
    expect(read(text)).toEqual(parseGoTime(layout, text)?.time)
  })

  it('is that of any whole second', () => {
    const second = fc.integer({ min: -30_610_224_000, max: 253_402_300_799 })
    fc.assert(
      fc.property(second, (seconds) => {
        const time = new GoTime(seconds * 1000)
        expect(read(time.toRfc3339())?.ms).toBe(seconds * 1000)
      }),
    )
  })

  it('is none where the record names none', () => {
    expect(read('')).toBeUndefined()
  })

  it('is read anew for another text', () => {
    const reader = new TextTime()
    expect([read('2026-02-10T12:34:56Z', reader)?.ms, read('2026-02-10T12:34:57Z', reader)?.ms]).toEqual([
      Date.UTC(2026, 1, 10, 12, 34, 56),
      Date.UTC(2026, 1, 10, 12, 34, 57),
    ])
    expect(read('no time', reader)).toBeUndefined()
    expect(read('2026-02-10T12:34:56Z', reader)?.ms).toBe(Date.UTC(2026, 1, 10, 12, 34, 56))
  })
})
