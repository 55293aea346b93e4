import { parseMacro } from './macro.ts'
import { nearestName } from './nearest-name.ts'
import type { ExpireVariable, InitCollection, SetVariable, WritableCollection } from './rule-actions.ts'
import { FaultSignal } from './seclang-error.ts'

const writable: readonly WritableCollection[] = ['TX', 'IP', 'GLOBAL', 'SESSION', 'USER', 'RESOURCE']

/** Reads `tx.name=value`, `tx.name=+5`, `tx.name=-%{tx.a}`, `!tx.name`, `tx.name`. */
export function parseSetVariable(text: string, offset: number): SetVariable {
  if (text.startsWith('!')) {
    const { collection, name } = parsePath(text.slice(1), offset)
    return { collection, name, operation: 'unset', value: parseMacro('', offset) }
  }
  const split = assignmentAt(text)
  const { collection, name } = parsePath(split < 0 ? text : text.slice(0, split), offset)
  const value = split < 0 ? '1' : text.slice(split + 1)
  const sign = value[0]
  const operation = sign === '+' ? 'add' : sign === '-' ? 'subtract' : 'set'
  return {
    collection,
    name,
    operation,
    value: parseMacro(operation === 'set' ? value : value.slice(1), offset),
  }
}

/** Reads `session.name=3600`. */
export function parseExpireVariable(text: string, offset: number): ExpireVariable {
  const [path, seconds] = splitAssignment(text, offset)
  return { ...parsePath(path, offset), seconds: parseMacro(seconds, offset) }
}

/** Reads `ip=%{REMOTE_ADDR}`. */
export function parseInitCollection(text: string, offset: number): InitCollection {
  const [name, key] = splitAssignment(text, offset)
  const collection = knownCollection(name, offset)
  if (collection === 'TX') {
    throw new FaultSignal('WAF_RULE_ARGUMENT', 'TX is not a persistent collection', { offset, token: name })
  }
  return { collection, key: parseMacro(key, offset) }
}

/** Splits `name=value` at the first `=` outside a macro; throws FaultSignal without one. */
export function splitAssignment(text: string, offset: number): [string, string] {
  const split = assignmentAt(text)
  if (split > 0) return [text.slice(0, split), text.slice(split + 1)]
  throw new FaultSignal('WAF_RULE_ARGUMENT', 'expected name=value', { offset, token: text })
}

function assignmentAt(text: string): number {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '%' && text[at + 1] === '{') depth++
    else if (text[at] === '}' && depth > 0) depth--
    else if (text[at] === '=' && depth === 0) return at
  }
  return -1
}

function parsePath(path: string, offset: number): Pick<SetVariable, 'collection' | 'name'> {
  const split = path.search(/[.:]/)
  if (split <= 0) {
    throw new FaultSignal('WAF_RULE_ARGUMENT', 'expected collection.name', { offset, token: path })
  }
  return {
    collection: knownCollection(path.slice(0, split), offset),
    name: parseMacro(path.slice(split + 1), offset),
  }
}

function knownCollection(written: string, offset: number): WritableCollection {
  const upper = written.trim().toUpperCase()
  const found = writable.find((name) => name === upper)
  if (found !== undefined) return found
  throw new FaultSignal('WAF_RULE_ARGUMENT', 'not a collection that rules can write', {
    offset,
    token: written,
    nearest: nearestName(written, writable),
  })
}
