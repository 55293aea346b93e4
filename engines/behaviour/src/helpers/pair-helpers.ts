import { Fault } from '../expr/runtime/fault.ts'
import { anyType, mapOf, stringType } from '../expr/type.ts'
import { parsePairs, parsePairsLax, TextMap } from './key-value-pairs.ts'

import type { FunctionSpec } from '../expr/function-spec.ts'

/** ParseKV and ParseKVLax: nil when pairs were found; a failed evaluation otherwise. */
export function pairHelpers(): readonly (readonly [string, FunctionSpec])[] {
  return [
    ['ParseKV', writer('ParseKV', parsePairs)],
    ['ParseKVLax', writer('ParseKVLax', parsePairsLax)],
  ]
}

function writer(name: string, parse: (text: string) => TextMap | undefined): FunctionSpec {
  const call = (text: string, target: Map<string, unknown>, prefix: string): null => {
    const pairs = parse(text)
    if (pairs === undefined) throw new Fault(`${name}: invalid input format`)
    if (!(target instanceof Map)) throw new Fault(`${name}: the target cannot be written`)
    const before = target.get(prefix)
    if (before === undefined) {
      target.set(prefix, pairs)
      return null
    }
    if (!(before instanceof TextMap)) throw new Fault(`${name}: target is not a map[string]string`)
    for (const [key, value] of pairs) before.set(key, value)
    return null
  }
  return { parameters: [stringType, mapOf(anyType), stringType], result: anyType, pure: false, call }
}
