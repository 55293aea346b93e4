import type { GoTime } from '../helpers/go-time.ts'
import { expectMode } from '../record.ts'
import type { EventRecord } from '../record.ts'
import { readDate } from '../time/read-date.ts'
import type { Enricher } from './enricher.ts'

interface Known {
  readonly text: string
  readonly layout: string
  readonly year: number
  readonly time: GoTime | undefined
  readonly marshaled: string
}

/**
 * `ParseDate`: the moment a line names, into `Enriched.MarshaledTime`; in a replay it becomes the record's time. Texts
 * that are no date count as now. Lines of one second follow each other, so the last answer is kept.
 */
export function parseDateEnricher(now: () => GoTime): Enricher {
  let last: Known | undefined
  return (text: string, record: EventRecord): void => {
    const layout = record.StrTimeFormat
    const current = now()
    const year = current.calendar.getUTCFullYear()
    if (last?.text !== text || last.layout !== layout || last.year !== year) {
      const time = readDate(text, layout, year)
      last = { text, layout, year, time, marshaled: time?.toRfc3339() ?? '' }
    }
    if (last.time === undefined) {
      record.Enriched.set('MarshaledTime', current.toRfc3339())
      return
    }
    record.Enriched.set('MarshaledTime', last.marshaled)
    if (record.ExpectMode === expectMode.timeMachine) record.Time = last.time
  }
}
