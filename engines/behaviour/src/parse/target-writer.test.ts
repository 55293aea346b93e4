import { describe, expect, it } from 'vitest'

import { zeroTime } from '../helpers/go-time.ts'
import { emptyRecord } from './new-record.ts'
import { targetWriter } from './target-writer.ts'

import type { EventRecord } from '../record.ts'

const record = (): EventRecord => emptyRecord(zeroTime, 'log')

describe('the target of an assignment', () => {
  const rows: readonly (readonly [path: string, read: (from: EventRecord) => unknown])[] = [
    ['evt.StrTime', ({ StrTime }) => StrTime],
    ['StrTime', ({ StrTime }) => StrTime],
    ['evt.StrTimeFormat', ({ StrTimeFormat }) => StrTimeFormat],
    ['evt.MarshaledTime', ({ MarshaledTime }) => MarshaledTime],
    ['evt.Stage', ({ Stage }) => Stage],
    ['evt.WhitelistReason', ({ WhitelistReason }) => WhitelistReason],
    ['evt.Line.Raw', ({ Line }) => Line.Raw],
    ['evt.Line.Src', ({ Line }) => Line.Src],
    ['evt.Line.Module', ({ Line }) => Line.Module],
    ['evt.Line.Labels.type', ({ Line }) => Line.Labels.get('type')],
    ['evt.Parsed.program', ({ Parsed }) => Parsed.get('program')],
    ['Parsed.program', ({ Parsed }) => Parsed.get('program')],
    ['evt.Parsed.program.more', ({ Parsed }) => Parsed.get('program')],
    ['evt.Meta.service', ({ Meta }) => Meta.get('service')],
    ['evt.Enriched.IsoCode', ({ Enriched }) => Enriched.get('IsoCode')],
    ['evt.Unmarshaled.x', ({ Unmarshaled }) => Unmarshaled.get('x')],
  ]
  it.each(rows)('of %s is written', (path, read) => {
    const one = record()
    targetWriter(path)?.(one, 'text')
    expect(read(one)).toBe('text')
  })

  const none = [
    '',
    'evt',
    'evt.',
    'evt.Nothing',
    'evt.Parsed',
    'evt.Parsed.',
    'evt.StrTime.more',
    'evt.Line',
    'evt.Line.Raw.more',
    'evt.Line.Labels',
    'evt.Line.Time',
    'evt.Time',
    'evt.Type',
    'evt.Overflow',
    'evt.Overflow.Alert',
    'evt.Overflow.Alert.EventsCount',
    'evt.Overflow.Whitelisted',
    'evt.__proto__.polluted',
    'evt.constructor.name',
  ]
  it.each(none)('of %j is nowhere', (path) => {
    expect(targetWriter(path)).toBeUndefined()
  })

  it('of an overflow does nothing for a record that is none', () => {
    const one = record()
    targetWriter('evt.Overflow.Alert.Scenario')?.(one, 'text')
    targetWriter('evt.Overflow.Alert.Source.IP')?.(one, 'text')
    expect(one).toEqual(record())
  })
})
