import type { GoTime } from '../helpers/go-time.ts'
import type { EventRecord } from '../record.ts'
import { parseGoTime } from './parse-go-time.ts'

const rfc3339 = '2006-01-02T15:04:05.999999999Z07:00'

/** The time of records in a replay: what their `MarshaledTime` says. The last answer is kept. */
export class TextTime {
  #text = ''
  #time: GoTime | undefined

  /** Undefined for a record that names no time. */
  read({ MarshaledTime }: EventRecord): GoTime | undefined {
    if (MarshaledTime === '') return undefined
    if (MarshaledTime !== this.#text) {
      this.#text = MarshaledTime
      this.#time = parseGoTime(rfc3339, MarshaledTime)?.time
    }
    return this.#time
  }
}
