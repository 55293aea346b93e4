import { compileRegex, RegexError } from '@sevenfold/regex'
import type { Regex } from '@sevenfold/regex'
import type { CompareOperator, DetectionNode, Leaf, RegexFlags } from '../detection/detection-node.ts'
import { SigmaError } from '../error.ts'
import type { SigmaPath } from '../rule/source.ts'
import { mapLiterals } from '../value/pattern.ts'
import { compilePattern } from '../value/text-test.ts'
import type { TextTest } from '../value/text-test.ts'
import type { EventView, FieldTexts } from './event-view.ts'
import { fold } from './fold.ts'
import { timePart } from './time-part.ts'

/** A compiled detection. */
export type Predicate = (view: EventView) => boolean

/** Gives each field name its number. */
export interface Slots {
  of(field: string): number
}

/** A list-valued field matches when any of its elements does. */
function anyText(texts: FieldTexts, test: TextTest): boolean {
  if (typeof texts === 'string') return test(texts)
  if (texts === undefined) return false
  for (const text of texts) if (test(text)) return true
  return false
}

/** Compiles a rule's pattern: only through the linear engine, because events are untrusted. */
export function compileRulePattern(source: string, flags: RegexFlags, path: SigmaPath): Regex {
  try {
    return compileRegex(source, { mode: 'string', dialect: 'pcre', ...flags })
  } catch (error) {
    if (error instanceof RegexError) throw new SigmaError('SIGMA_REGEX', path, error.message, error)
    throw error
  }
}

function compileText(leaf: Extract<Leaf, { kind: 'text' }>, slots: Slots): Predicate {
  const slot = slots.of(leaf.field)
  if (leaf.cased) {
    const test = compilePattern(leaf.pattern)
    return (view) => anyText(view.texts(slot), test)
  }
  const test = compilePattern(mapLiterals(leaf.pattern, fold))
  return (view) => {
    const texts = view.folded(slot)
    return typeof texts === 'string' ? test(texts) : anyText(texts, test)
  }
}

function compileKeyword(leaf: Extract<Leaf, { kind: 'keyword' }>): Predicate {
  const test = compilePattern(leaf.cased ? leaf.pattern : mapLiterals(leaf.pattern, fold))
  if (leaf.cased) return (view) => view.all().some(test)
  return (view) => view.all().some((text) => test(fold(text)))
}

function compileFieldref(leaf: Extract<Leaf, { kind: 'fieldref' }>, slots: Slots): Predicate {
  const [slot, other] = [slots.of(leaf.field), slots.of(leaf.other)]
  const compare: Readonly<Record<typeof leaf.how, (a: string, b: string) => boolean>> = {
    equals: (a, b) => a === b,
    contains: (a, b) => a.includes(b),
    startswith: (a, b) => a.startsWith(b),
    endswith: (a, b) => a.endsWith(b),
  }
  const test = compare[leaf.how]
  const read = (view: EventView, at: number): FieldTexts => (leaf.cased ? view.texts(at) : view.folded(at))
  return (view) => anyText(read(view, slot), (a) => anyText(read(view, other), (b) => test(a, b)))
}

function comparison(operator: CompareOperator | 'eq', value: number): (found: number) => boolean {
  switch (operator) {
    case 'eq':
      return (found) => found === value
    case 'lt':
      return (found) => found < value
    case 'lte':
      return (found) => found <= value
    case 'gt':
      return (found) => found > value
    case 'gte':
      return (found) => found >= value
  }
}

function compileCompare(leaf: Extract<Leaf, { kind: 'compare' }>, slots: Slots): Predicate {
  const slot = slots.of(leaf.field)
  const test = comparison(leaf.operator, leaf.value)
  return (view) => anyText(view.texts(slot), (text) => text.trim() !== '' && test(Number(text)))
}

function compileTime(
  { field, part, operator, value }: Extract<Leaf, { kind: 'time' }>,
  slots: Slots,
): Predicate {
  const slot = slots.of(field)
  const test = comparison(operator, value)
  return (view) => anyText(view.texts(slot), (text) => test(timePart(text, part) ?? Number.NaN))
}

/** Compiles one comparison. @throws SigmaError SIGMA_REGEX. */
function compileLeaf(leaf: Leaf, slots: Slots): Predicate {
  switch (leaf.kind) {
    case 'text':
      return compileText(leaf, slots)
    case 'null': {
      const slot = slots.of(leaf.field)
      return (view) => (view.raw(slot) ?? null) === null
    }
    case 'exists': {
      const slot = slots.of(leaf.field)
      return (view) => (view.raw(slot) !== undefined) === leaf.expected
    }
    case 'regex': {
      const slot = slots.of(leaf.field)
      const regex = compileRulePattern(leaf.source, leaf.flags, leaf.path)
      return (view) => anyText(view.texts(slot), (text) => regex.test(text))
    }
    case 'keyword-regex': {
      const regex = compileRulePattern(leaf.source, leaf.flags, leaf.path)
      return (view) => view.all().some((text) => regex.test(text))
    }
    case 'cidr': {
      const slot = slots.of(leaf.field)
      return (view) => anyText(view.texts(slot), leaf.test)
    }
    case 'compare':
      return compileCompare(leaf, slots)
    case 'time':
      return compileTime(leaf, slots)
    case 'fieldref':
      return compileFieldref(leaf, slots)
    case 'keyword':
      return compileKeyword(leaf)
  }
}

/** Compiles a detection tree into a predicate. @throws SigmaError SIGMA_REGEX. */
export function compileNode(node: DetectionNode, slots: Slots): Predicate {
  switch (node.kind) {
    case 'leaf':
      return compileLeaf(node.leaf, slots)
    case 'not': {
      const inner = compileNode(node.of, slots)
      return (view) => !inner(view)
    }
    case 'and': {
      const parts = node.of.map((part) => compileNode(part, slots))
      return (view) => {
        for (const part of parts) if (!part(view)) return false
        return true
      }
    }
    case 'or': {
      const parts = node.of.map((part) => compileNode(part, slots))
      return (view) => {
        for (const part of parts) if (part(view)) return true
        return false
      }
    }
  }
}
