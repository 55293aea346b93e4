import { constantFunction } from '../expr/builtins/constant-function.ts'
import { Fault } from '../expr/runtime/fault.ts'
import { arrayOf, durationType, stringType, timeType } from '../expr/type.ts'
import { GoTime } from './go-time.ts'

import type { FunctionSpec } from '../expr/function-spec.ts'
import type { Facilities } from './facilities.ts'

/** Helpers on times. */
export function timeHelpers({ now }: Facilities): readonly (readonly [string, FunctionSpec])[] {
  return [
    [
      'TimeNow',
      { parameters: [], result: stringType, pure: true, call: () => rfc3339(new GoTime(now().ms)) },
    ],
    ['now', { parameters: [], result: timeType, pure: true, call: now }],
    ['ParseUnix', constantFunction([stringType], stringType, parseUnix)],
    [
      'AverageInterval',
      constantFunction([arrayOf(timeType)], durationType, (times: readonly GoTime[] | null) =>
        averageOf(intervals('AverageInterval', times)),
      ),
    ],
    [
      'MedianInterval',
      constantFunction([arrayOf(timeType)], durationType, (times: readonly GoTime[] | null) =>
        medianOf(intervals('MedianInterval', times)),
      ),
    ],
  ]
}

const rfc3339 = (time: GoTime): string => time.toRfc3339().replace(/\.\d+/, '')

/** Seconds since 1970, cut at the point, as RFC 3339; empty when the text is no such number. */
function parseUnix(text: string): string {
  const [whole = ''] = text.split('.', 1)
  const seconds = /^\+?\d{1,11}$/.test(whole) ? Number(whole) : 0
  return seconds <= 0 || seconds > 253_402_300_799 ? '' : rfc3339(new GoTime(seconds * 1000))
}

/** Nanoseconds between times, once they are in order. */
function intervals(name: string, times: readonly GoTime[] | null): readonly number[] {
  const list = times ?? []
  if (list.length < 2) throw new Fault(`${name} needs two times at least`)
  if (!list.every((time) => time instanceof GoTime)) throw new Fault(`${name} of a value that is no time`)
  const ordered = list.toSorted((a, b) => a.compare(b))
  return ordered.slice(1).map((time, index) => time.nanosecondsSince(ordered[index] ?? time))
}

const averageOf = (spans: readonly number[]): number =>
  Math.trunc(spans.reduce((sum, span) => sum + span, 0) / spans.length)

function medianOf(spans: readonly number[]): number {
  const ordered = spans.toSorted((a, b) => a - b)
  const middle = Math.floor(ordered.length / 2)
  if (ordered.length % 2 === 1) return ordered[middle] ?? 0
  return Math.trunc(((ordered[middle - 1] ?? 0) + (ordered[middle] ?? 0)) / 2)
}
