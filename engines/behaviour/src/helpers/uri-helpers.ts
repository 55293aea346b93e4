import { constantFunction } from '../expr/builtins/constant-function.ts'
import { arrayOf, mapOf, stringType } from '../expr/type.ts'
import { decodePercent, encodePath, encodeQuery } from './percent.ts'

import type { FunctionSpec } from '../expr/function-spec.ts'

const lists = mapOf(arrayOf(stringType))
const maxParameters = 10_000

/** Helpers on addresses of pages and their parts, with the behaviour of Go's `net/url`. */
export function uriHelpers(): readonly (readonly [string, FunctionSpec])[] {
  return [
    [
      'PathUnescape',
      constantFunction([stringType], stringType, (text: string) => decodePercent(text, false) ?? text),
    ],
    [
      'QueryUnescape',
      constantFunction([stringType], stringType, (text: string) => decodePercent(text, true) ?? text),
    ],
    ['PathEscape', constantFunction([stringType], stringType, encodePath)],
    ['QueryEscape', constantFunction([stringType], stringType, encodeQuery)],
    ['ParseUri', constantFunction([stringType], lists, parseUri)],
    ['ParseQuery', constantFunction([stringType], lists, parseQuery)],
    [
      'ExtractQueryParam',
      constantFunction(
        [stringType, stringType],
        arrayOf(stringType),
        (query: string, name: string) => parseQuery(query).get(name) ?? [],
      ),
    ],
  ]
}

/** Parameters of the query of an address. */
function parseUri(uri: string): ReadonlyMap<string, readonly string[]> {
  const plain = uri.split('#', 1)[0] ?? ''
  const mark = plain.indexOf('?')
  return mark < 0 ? new Map() : parseQuery(plain.slice(mark + 1))
}

/** Parameters of a query; those that cannot be decoded, or hold a `;`, are left out. */
function parseQuery(query: string): ReadonlyMap<string, readonly string[]> {
  const parameters = new Map<string, string[]>()
  for (const part of query.split('&', maxParameters)) {
    if (part === '' || part.includes(';')) continue
    const sign = part.indexOf('=')
    const name = decodePercent(sign < 0 ? part : part.slice(0, sign), true)
    const value = sign < 0 ? '' : decodePercent(part.slice(sign + 1), true)
    if (name === undefined || value === undefined) continue
    const values = parameters.get(name)
    if (values === undefined) parameters.set(name, [value])
    else values.push(value)
  }
  return parameters
}
