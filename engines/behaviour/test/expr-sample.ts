import { readFileSync } from 'node:fs'
import { GoDuration, GoTime } from '../src/index.ts'
import { formatValue } from '../src/helpers/format-value.ts'
import { anyType, arrayOf, intType, mapOf, stringType, timeType } from '../src/index.ts'
import type { Environment, ExprScope, StructType } from '../src/index.ts'

const record: StructType = {
  kind: 'struct',
  name: 'Record',
  fields: {
    Name: stringType,
    Count: intType,
    Tags: mapOf(stringType),
    Extra: mapOf(anyType),
    List: arrayOf(stringType),
    get Inner(): StructType {
      return record
    },
  },
  methods: {
    Greet: {
      parameters: [stringType],
      result: stringType,
      pure: true,
      call: (_: object, whom: string) => `hi ${whom}`,
    },
  },
}

/** An environment with a variable of each kind. */
export const sampleEnvironment: Environment = {
  variables: {
    text: stringType,
    pattern: stringType,
    moment: timeType,
    record,
    nobody: record,
    any_nil: anyType,
    any_text: anyType,
    any_true: anyType,
    any_int: anyType,
    any_float: anyType,
    any_list: anyType,
    any_map: anyType,
    any_items: anyType,
    any_bad: anyType,
  },
}

/** Values for {@link sampleEnvironment}. */
export const sampleScope: ExprScope = [
  'hello world',
  '^hel+o',
  new GoTime(Date.UTC(2023, 10, 22, 13, 30, 45)),
  {
    Name: 'the record',
    Count: 7,
    Tags: new Map([['k', 'v']]),
    Extra: new Map<string, unknown>([['n', 4]]),
    List: ['a', 'b'],
    Inner: null,
  },
  null,
  null,
  'hello',
  true,
  5n,
  5,
  [1, 'x', null],
  { x: 1n, inner: { y: 'z' } },
  [
    { name: 'one', n: 1 },
    { name: 'two', n: 2 },
  ],
  '(',
]

/** A value as the vectors write it. */
export function described(value: unknown): string {
  if (value === null) return 'nil'
  if (typeof value === 'bigint') return `int ${String(value)}`
  if (typeof value === 'number') return `float ${String(value)}`
  if (typeof value === 'boolean') return `bool ${String(value)}`
  if (typeof value === 'string') return `string ${value}`
  if (Array.isArray(value)) return `array ${formatValue(value)}`
  if (value instanceof GoDuration) return `duration ${value.toString()}`
  return `other ${formatValue(value)}`
}

/** A file of vectors. */
export function readVectors<T>(name: string): readonly T[] {
  return JSON.parse(
    readFileSync(new URL(`../testdata/expr/${name}`, import.meta.url), 'utf8'),
  ) as readonly T[]
}
