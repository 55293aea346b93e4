import type { Imported } from '../importer.ts'

/** RFC 5424 after its priority was taken off, or the form of RFC 3164: time, host, tag, message. */
const head =
  /^(?:\d{1,2} )?((?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)|(?:\d{4}-\d\d-\d\dT\S{1,40})) (\S{1,255}) ([^\s:[]{1,128})(?:\[(\d{1,10})\])?:? ?/

/** Lines of syslog, and any other text: what is known of host and program stands in its fields, the rest is the message. */
export function readSyslogLine(line: string): Imported {
  const match = head.exec(line)
  const [start = '', time, host, program, pid] = match ?? []
  const timeMs = time?.includes('T') === true ? Date.parse(time) : Number.NaN
  return {
    // Times of RFC 3164 have no year and no zone: that of reading is nearer to the truth.
    timeMs: Number.isNaN(timeMs) ? undefined : timeMs,
    dataset: 'syslog.message',
    event: { category: ['host'], type: ['info'], action: 'message' },
    fields: {
      message: line.slice(start.length),
      host: { name: host },
      process: { name: program, pid: pid === undefined ? undefined : Number(pid) },
    },
  }
}
