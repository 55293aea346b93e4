import { Buffer } from 'node:buffer'

import { byteIndex } from '../expr/builtins/byte-index.ts'
import { constantFunction } from '../expr/builtins/constant-function.ts'
import { goLower, goUpper } from '../expr/builtins/go-case.ts'
import { goSplit } from '../expr/builtins/go-split.ts'
import { goFields, trimCharacters, trimSpace } from '../expr/builtins/go-trim.ts'
import { replaced } from '../expr/builtins/text-builtins.ts'
import { anyType, arrayOf, boolType, intType, stringType } from '../expr/type.ts'
import { matchesGlob } from './matches-glob.ts'
import { formatText } from './format-text.ts'

import type { FunctionSpec } from '../expr/function-spec.ts'

const texts = arrayOf(stringType)
const text1 = (call: (text: string) => string): FunctionSpec =>
  constantFunction([stringType], stringType, call)
const text2 = (call: (a: string, b: string) => string): FunctionSpec =>
  constantFunction([stringType, stringType], stringType, call)

/** Helpers on texts, with the behaviour of Go's `strings`. */
export function textHelpers(): readonly (readonly [string, FunctionSpec])[] {
  return [
    ['Upper', text1(goUpper)],
    ['Lower', text1(goLower)],
    ['Fields', constantFunction([stringType], texts, goFields)],
    [
      'Index',
      constantFunction([stringType, stringType], intType, (text: string, part: string) =>
        byteIndex(text, text.indexOf(part)),
      ),
    ],
    ['IndexAny', constantFunction([stringType, stringType], intType, indexOfAny)],
    [
      'Join',
      constantFunction([texts, stringType], stringType, (parts: readonly unknown[] | null, by: string) =>
        (parts ?? []).map(String).join(by),
      ),
    ],
    [
      'Split',
      constantFunction([stringType, stringType], texts, (text: string, by: string) =>
        goSplit(text, by, { count: -1, keep: false }),
      ),
    ],
    [
      'SplitAfter',
      constantFunction([stringType, stringType], texts, (text: string, by: string) =>
        goSplit(text, by, { count: -1, keep: true }),
      ),
    ],
    [
      'SplitN',
      constantFunction([stringType, stringType, intType], texts, (text: string, by: string, count: number) =>
        goSplit(text, by, { count, keep: false }),
      ),
    ],
    [
      'SplitAfterN',
      constantFunction([stringType, stringType, intType], texts, (text: string, by: string, count: number) =>
        goSplit(text, by, { count, keep: true }),
      ),
    ],
    [
      'Replace',
      constantFunction(
        [stringType, stringType, stringType, intType],
        stringType,
        (text: string, from: string, to: string, count: number) => replaced(text, [from, to, count]),
      ),
    ],
    [
      'ReplaceAll',
      constantFunction(
        [stringType, stringType, stringType],
        stringType,
        (text: string, from: string, to: string) => replaced(text, [from, to, -1]),
      ),
    ],
    ['Trim', text2((text, set) => trimCharacters(text, set))],
    ['TrimLeft', text2((text, set) => trimCharacters(text, set, 'left'))],
    ['TrimRight', text2((text, set) => trimCharacters(text, set, 'right'))],
    ['TrimSpace', text1(trimSpace)],
    ['TrimPrefix', text2((text, prefix) => (text.startsWith(prefix) ? text.slice(prefix.length) : text))],
    [
      'TrimSuffix',
      text2((text, suffix) => (text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text)),
    ],
    [
      'Get',
      constantFunction(
        [arrayOf(anyType), intType],
        stringType,
        (list: readonly unknown[] | null, index: number) => textOf(list?.[index]),
      ),
    ],
    ['ToString', constantFunction([anyType], stringType, textOf)],
    ['Match', constantFunction([stringType, stringType], boolType, matchesGlob)],
    ['Sprintf', constantFunction([stringType, anyType], stringType, formatText, { variadic: true })],
    ['B64Decode', text1(decodeBase64)],
  ]
}

function indexOfAny(text: string, set: string): number {
  const wanted = new Set(set)
  let at = 0
  for (const letter of text) {
    if (wanted.has(letter)) return byteIndex(text, at)
    at += letter.length
  }
  return -1
}

/** A text as it is, anything else as empty. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function decodeBase64(text: string): string {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return ''
  return Buffer.from(text, 'base64').toString('utf8')
}
