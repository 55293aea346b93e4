import { constantFunction } from '../expr/builtins/constant-function.ts'
import { isMapLike } from '../expr/runtime/operations.ts'
import { Fault } from '../expr/runtime/fault.ts'
import { anyType, arrayOf, boolType, mapOf, stringType } from '../expr/type.ts'
import { jsonPath, jsonStringAt, jsonTextAt } from './json-path.ts'
import { parseJson } from './parse-json.ts'
import { toJsonText } from './to-json-text.ts'

import type { FunctionSpec } from '../expr/function-spec.ts'

/** JsonExtract and its kin. */
export function jsonHelpers(): readonly (readonly [string, FunctionSpec])[] {
  return [
    [
      'JsonExtract',
      constantFunction(
        [stringType, stringType],
        stringType,
        (text: string, target: string) => jsonTextAt(text, jsonPath(target)) ?? '',
        { specialize: extractSpecialized },
      ),
    ],
    [
      'JsonExtractUnescape',
      constantFunction(
        [stringType, stringType],
        stringType,
        (text: string, ...path: readonly string[]) => jsonStringAt(text, path) ?? '',
        { variadic: true },
      ),
    ],
    [
      'JsonExtractLib',
      constantFunction(
        [stringType, stringType],
        stringType,
        (text: string, ...path: readonly string[]) => jsonTextAt(text, path) ?? '',
        { variadic: true },
      ),
    ],
    [
      'JsonExtractSlice',
      constantFunction([stringType, stringType], arrayOf(anyType), (text: string, target: string) =>
        partOf(text, target, (value) => Array.isArray(value)),
      ),
    ],
    [
      'JsonExtractObject',
      constantFunction([stringType, stringType], mapOf(anyType), (text: string, target: string) =>
        partOf(text, target, isMapLike),
      ),
    ],
    ['ToJsonString', constantFunction([anyType], stringType, (value: unknown) => toJsonText(value))],
    [
      'UnmarshalJSON',
      {
        parameters: [stringType, mapOf(anyType), stringType],
        result: anyType,
        pure: false,
        call: unmarshaller(),
      },
    ],
    [
      'KeyExists',
      constantFunction([stringType, mapOf(anyType)], boolType, (key: string, map: object) =>
        map instanceof Map ? map.has(key) : Object.hasOwn(map, key),
      ),
    ],
  ]
}

const extractSpecialized: NonNullable<FunctionSpec['specialize']> = ([, target]) => {
  if (typeof target?.value !== 'string') return undefined
  const path = jsonPath(target.value)
  return (text: string) => jsonTextAt(text, path) ?? ''
}

function partOf(text: string, target: string, fits: (value: unknown) => boolean): unknown {
  const part = jsonTextAt(text, jsonPath(target))
  const value = part === undefined ? undefined : parseJson(part)
  return fits(value) ? value : null
}

/** Many filters read the same message in turn: the last text is not read twice. */
function unmarshaller(): FunctionSpec['call'] {
  let lastText: string | undefined
  let lastValue: unknown
  return (text: string, target: Map<string, unknown>, key: string): null => {
    if (text !== lastText) {
      lastValue = parseJson(text)
      lastText = text
    }
    if (lastValue === undefined) throw new Fault('UnmarshalJSON: no JSON')
    if (!(target instanceof Map)) throw new Fault('UnmarshalJSON: the target cannot be written')
    target.set(key, lastValue)
    return null
  }
}
