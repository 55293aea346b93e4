import { wordFields } from '../fields/fields.ts'
import type { Field } from '../fields/fields.ts'
import { readField } from '../fields/read-field.ts'
import { hasWord } from '../words/word-hashes.ts'
import type { PatternPart, QueryNode, Test } from './query-node.ts'

/**
 * True when lower-case `text` as a whole fits the pattern. Greedy with one step back to the last star: linear in
 * text times pattern, whatever the pattern.
 */
export function fitsPattern(text: string, pattern: readonly PatternPart[]): boolean {
  const units = pattern.flatMap((part): PatternPart[] => (typeof part === 'string' ? [...part] : [part]))
  const chars = [...text]
  let at = 0
  let unit = 0
  let star = -1
  let starAt = 0
  while (at < chars.length) {
    const current = units[unit]
    if (typeof current === 'object' && current.any === 'text') {
      star = unit
      starAt = at
      unit += 1
    } else if (current !== undefined && (typeof current === 'object' || current === chars[at])) {
      unit += 1
      at += 1
    } else if (star >= 0) {
      unit = star + 1
      starAt += 1
      at = starAt
    } else return false
  }
  return units.slice(unit).every((rest) => typeof rest === 'object' && rest.any === 'text')
}

function lower(parts: readonly PatternPart[]): PatternPart[] {
  return parts.map((part) => (typeof part === 'string' ? part.toLowerCase() : part))
}

function compare(value: number, op: '<' | '<=' | '>' | '>=' | '=', other: number): boolean {
  switch (op) {
    case '<':
      return value < other
    case '<=':
      return value <= other
    case '>':
      return value > other
    case '>=':
      return value >= other
    case '=':
      return value === other
  }
}

function fieldMatches(event: unknown, field: Field, test: Test): boolean {
  const value = readField(event, field)
  if (value === undefined) return false
  switch (test.kind) {
    case 'exists':
      return true
    case 'compare':
      return typeof value === 'number' && compare(value, test.op, test.value)
    case 'between':
      return typeof value === 'number' && value >= test.low && value <= test.high
    case 'pattern': {
      const parts = lower(test.parts)
      const texts = typeof value === 'object' ? value : [String(value)]
      return texts.some((text) => fitsPattern(text.toLowerCase(), parts))
    }
  }
}

function containsWord(event: unknown, parts: readonly PatternPart[]): boolean {
  const [only] = parts
  if (parts.length === 1 && typeof only === 'string') {
    const word = only.toLowerCase()
    return wordFields.some((field) => {
      const value = readField(event, field)
      return typeof value === 'string' && hasWord(value.toLowerCase(), word)
    })
  }
  const around = [{ any: 'text' as const }, ...lower(parts), { any: 'text' as const }]
  return wordFields.some((field) => {
    const value = readField(event, field)
    return typeof value === 'string' && fitsPattern(value.toLowerCase(), around)
  })
}

/** True when an event matches a filter: the same answer as the index gives, without the index. */
export function matches(node: QueryNode, event: unknown): boolean {
  switch (node.kind) {
    case 'everything':
      return true
    case 'and':
      return node.nodes.every((child) => matches(child, event))
    case 'or':
      return node.nodes.some((child) => matches(child, event))
    case 'not':
      return !matches(node.node, event)
    case 'field':
      return fieldMatches(event, node.field, node.test)
    case 'word':
      return containsWord(event, node.parts)
  }
}
