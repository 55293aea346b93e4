import { Fault } from '../runtime/fault.ts'
import { arrayOf, boolType, intType, stringType } from '../type.ts'
import { constantFunction } from './constant-function.ts'
import { goUpper, goLower } from './go-case.ts'
import { goSplit } from './go-split.ts'
import { trimCharacters, trimSpace } from './go-trim.ts'
import { byteIndex } from './byte-index.ts'

import type { FunctionSpec } from '../function-spec.ts'

const texts = arrayOf(stringType)
/** Longest text that `repeat` and `replace` may make. */
export const maxMadeText = 1_048_576

/** `text` a number of times; fails above {@link maxMadeText}. */
function repeated(text: string, count: number): string {
  if (count < 0 || text.length * count > maxMadeText) throw new Fault('repeat: text too long')
  return text.repeat(count)
}

/** Replaces the first `count` places (all when negative); fails above {@link maxMadeText}. */
export function replaced(text: string, [from, to, count]: readonly [string, string, number]): string {
  const parts = from === '' ? ['', ...text, ''] : text.split(from)
  const places = count < 0 ? parts.length - 1 : Math.min(count, parts.length - 1)
  if (text.length + places * to.length > maxMadeText) throw new Fault('replace: text too long')
  return (
    parts.slice(0, places + 1).join(to) +
    parts
      .slice(places + 1)
      .map((part) => from + part)
      .join('')
  )
}

/** Builtins on texts. */
export const textBuiltins: readonly (readonly [string, FunctionSpec])[] = [
  ['upper', constantFunction([stringType], stringType, goUpper)],
  ['lower', constantFunction([stringType], stringType, goLower)],
  [
    'trim',
    constantFunction(
      [stringType, stringType],
      stringType,
      (text: string, set?: string) => (set === undefined ? trimSpace(text) : trimCharacters(text, set)),
      { optional: 1 },
    ),
  ],
  [
    'trimPrefix',
    constantFunction(
      [stringType, stringType],
      stringType,
      (text: string, prefix = '') => (text.startsWith(prefix) ? text.slice(prefix.length) : text),
      { optional: 1 },
    ),
  ],
  [
    'trimSuffix',
    constantFunction(
      [stringType, stringType],
      stringType,
      (text: string, suffix = '') =>
        text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text,
      { optional: 1 },
    ),
  ],
  [
    'split',
    constantFunction(
      [stringType, stringType, intType],
      texts,
      (text: string, by: string, count?: number) => goSplit(text, by, { count: count ?? -1, keep: false }),
      { optional: 1 },
    ),
  ],
  [
    'splitAfter',
    constantFunction(
      [stringType, stringType, intType],
      texts,
      (text: string, by: string, count?: number) => goSplit(text, by, { count: count ?? -1, keep: true }),
      { optional: 1 },
    ),
  ],
  [
    'replace',
    constantFunction(
      [stringType, stringType, stringType, intType],
      stringType,
      (text: string, from: string, to: string, count?: number) => replaced(text, [from, to, count ?? -1]),
      { optional: 1 },
    ),
  ],
  ['repeat', constantFunction([stringType, intType], stringType, repeated)],
  [
    'indexOf',
    constantFunction([stringType, stringType], intType, (text: string, wanted: string) =>
      byteIndex(text, text.indexOf(wanted)),
    ),
  ],
  [
    'lastIndexOf',
    constantFunction([stringType, stringType], intType, (text: string, wanted: string) =>
      byteIndex(text, text.lastIndexOf(wanted)),
    ),
  ],
  [
    'hasPrefix',
    constantFunction([stringType, stringType], boolType, (text: string, prefix: string) =>
      text.startsWith(prefix),
    ),
  ],
  [
    'hasSuffix',
    constantFunction([stringType, stringType], boolType, (text: string, suffix: string) =>
      text.endsWith(suffix),
    ),
  ],
]
