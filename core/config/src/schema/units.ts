import { z } from 'zod'

/** A number with its unit, as the schema gives it; `compileValue` turns it into a plain number under a name with the unit. */
export interface Quantity<Unit extends 'ms' | 'bytes'> {
  readonly unit: Unit
  readonly value: number
}

const durationUnits: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

const sizeUnits: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
}

const durationForm = /^(\d{1,9})(ms|s|m|h|d)$/
const sizeForm = /^(\d{1,9})(B|KiB|MiB|GiB|TiB)$/

function parseUnit(text: string, form: RegExp, units: Readonly<Record<string, number>>): number | undefined {
  const match = form.exec(text)
  if (match === null) return undefined
  return Number(match[1]) * (units[match[2] ?? ''] ?? Number.NaN)
}

/** Milliseconds of a duration such as `500ms`, `10s`, `4h`, `30d`; undefined when it has another form. */
export function parseDuration(text: string): number | undefined {
  return parseUnit(text, durationForm, durationUnits)
}

/** Bytes of a size such as `512B`, `16KiB`, `2GiB`; undefined when it has another form. */
export function parseSize(text: string): number | undefined {
  return parseUnit(text, sizeForm, sizeUnits)
}

/** Bounds of a duration or a size, in the form in which the file states them. */
export interface Range {
  readonly min: string
  readonly max: string
}

interface UnitForm {
  readonly form: RegExp
  readonly parse: (text: string) => number | undefined
  readonly example: string
}

function unitText(unit: UnitForm, range: Range) {
  const min = unit.parse(range.min) ?? 0
  const max = unit.parse(range.max) ?? Number.MAX_SAFE_INTEGER
  return z
    .string({ error: `must be text such as ${unit.example}` })
    .regex(unit.form, { error: `must look like ${unit.example}`, abort: true })
    .refine(
      (text) => {
        const value = unit.parse(text)
        return value !== undefined && value >= min && value <= max
      },
      { error: `must be between ${range.min} and ${range.max}` },
    )
    .meta({ range: `${range.min} to ${range.max}` })
}

/** A duration in the file (`10s`), milliseconds after parsing. */
export function duration(range: Range) {
  return unitText({ form: durationForm, parse: parseDuration, example: '10s or 4h' }, range).transform(
    (text): Quantity<'ms'> => ({ unit: 'ms', value: parseDuration(text) ?? 0 }),
  )
}

/** A size in the file (`16KiB`), bytes after parsing. */
export function size(range: Range) {
  return unitText({ form: sizeForm, parse: parseSize, example: '16KiB or 2GiB' }, range).transform(
    (text): Quantity<'bytes'> => ({ unit: 'bytes', value: parseSize(text) ?? 0 }),
  )
}
