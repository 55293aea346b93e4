import { parseGoDuration } from '../../helpers/go-duration.ts'
import { parseGoTime } from '../../time/parse-go-time.ts'
import { Fault } from '../runtime/fault.ts'
import { durationType, stringType, timeType } from '../type.ts'
import { constantFunction } from './constant-function.ts'

import type { GoTime } from '../../helpers/go-time.ts'
import type { FunctionSpec } from '../function-spec.ts'

/** Layouts that `date` tries when none is named. */
const layouts = [
  '2006-01-02',
  '15:04:05',
  '2006-01-02 15:04:05',
  '2006-01-02T15:04:05Z07:00',
  'Mon, 02 Jan 2006 15:04:05 MST',
]

function duration(text: string): number {
  const nanoseconds = parseGoDuration(text)
  if (nanoseconds === undefined) throw new Fault(`invalid duration ${JSON.stringify(text.slice(0, 40))}`)
  return nanoseconds
}

function date(text: string, layout?: string): GoTime {
  for (const candidate of layout === undefined ? layouts : [layout]) {
    const parsed = parseGoTime(candidate, text)
    if (parsed !== undefined) return parsed.time
  }
  throw new Fault(`invalid date ${JSON.stringify(text.slice(0, 40))}`)
}

/** Builtins on times. */
export const timeBuiltins: readonly (readonly [string, FunctionSpec])[] = [
  ['duration', constantFunction([stringType], durationType, duration)],
  ['date', constantFunction([stringType, stringType], timeType, date, { optional: 1 })],
]
