import { SigmaError } from '../error.ts'
import { sigmaLimits } from '../limits.ts'
import { isList, isMap } from '../rule/source.ts'
import type { SigmaMap, SigmaPath, SigmaValue } from '../rule/source.ts'
import { base64, base64Offsets, dashVariants, encodeText, wideText } from '../value/encodings.ts'
import { compileCidr } from '../value/cidr.ts'
import { mapLiterals, plainText, readPattern, surround } from '../value/pattern.ts'
import type { PatternPiece } from '../value/pattern.ts'
import { join } from './detection-node.ts'
import type { DetectionNode, Leaf } from './detection-node.ts'
import { readFieldSpec } from './modifiers.ts'
import type { FieldSpec } from './modifiers.ts'

/** Values for `%name%` behind `|expand`. */
export type Placeholders = Readonly<Record<string, readonly string[]>>

/** What a selection needs besides itself. */
export interface DetectionContext {
  readonly placeholders: Placeholders
  /** Counts values over the whole rule. */
  readonly budget: { values: number }
}

const leafNode = (leaf: Leaf): DetectionNode => ({ kind: 'leaf', leaf })

const placeholder = /\\%|%(\w+)%/g

/** Text between placeholders, and the values of each placeholder. `\%` is a percent sign. */
function placeholderParts(
  text: string,
  placeholders: Placeholders,
  path: SigmaPath,
): readonly (readonly string[])[] {
  const parts: (readonly string[])[] = []
  let from = 0
  for (const found of text.matchAll(placeholder)) {
    parts.push([text.slice(from, found.index)])
    from = found.index + found[0].length
    const [, name] = found
    const values =
      name === undefined ? ['%'] : Object.hasOwn(placeholders, name) ? placeholders[name] : undefined
    if (values === undefined || values.length === 0)
      throw new SigmaError('SIGMA_PLACEHOLDER', path, `placeholder ${found[0]} has no values`)
    parts.push(values)
  }
  return [...parts, [text.slice(from)]]
}

function expandPlaceholders(text: string, placeholders: Placeholders, path: SigmaPath): readonly string[] {
  let variants = ['']
  for (const values of placeholderParts(text, placeholders, path)) {
    if (variants.length * values.length > sigmaLimits.maxExpansions) {
      throw new SigmaError(
        'SIGMA_LIMIT',
        path,
        `placeholders would make more than ${sigmaLimits.maxExpansions} values`,
      )
    }
    variants = variants.flatMap((start) => values.map((value) => start + value))
  }
  return variants
}

function encoded(spec: FieldSpec, text: string, path: SigmaPath): readonly (readonly PatternPiece[])[] {
  const { encoding } = spec
  if (spec.base64 === 'no') {
    const pieces = readPattern(text)
    return [
      encoding === undefined ? pieces : mapLiterals(pieces, (literal) => wideText(literal, encoding, path)),
    ]
  }
  const plain = plainText(readPattern(text))
  if (plain === undefined)
    throw new SigmaError('SIGMA_VALUE', path, 'a value with wildcards cannot be put into base64')
  const bytes = encodeText(plain, encoding ?? 'utf8')
  return (spec.base64 === 'offset' ? base64Offsets(bytes) : [base64(bytes)]).map((form) => [form])
}

function textPatterns(
  spec: FieldSpec,
  text: string,
  context: DetectionContext,
  path: SigmaPath,
): readonly (readonly PatternPiece[])[] {
  if (text.length > sigmaLimits.maxPatternLength) {
    throw new SigmaError(
      'SIGMA_LIMIT',
      path,
      `a value has more than ${sigmaLimits.maxPatternLength} characters`,
    )
  }
  const expanded = spec.expand ? expandPlaceholders(text, context.placeholders, path) : [text]
  const dashed = spec.windash ? expanded.flatMap((value) => dashVariants(value, path)) : expanded
  const before = spec.where === 'contains' || spec.where === 'endswith'
  const behind = spec.where === 'contains' || spec.where === 'startswith'
  return dashed
    .flatMap((value) => encoded(spec, value, path))
    .map((pieces) => surround(pieces, before, behind))
}

function textNode(spec: FieldSpec, text: string, context: DetectionContext, path: SigmaPath): DetectionNode {
  const leaves = textPatterns(spec, text, context, path).map((pattern) =>
    leafNode(
      spec.field === ''
        ? { kind: 'keyword', pattern: surround(pattern, true, true), cased: spec.cased }
        : { kind: 'text', field: spec.field, pattern, cased: spec.cased },
    ),
  )
  return join('or', leaves)
}

function numberOf(value: SigmaValue, path: SigmaPath): number {
  const number =
    typeof value === 'number'
      ? value
      : typeof value === 'string' && value.trim() !== ''
        ? Number(value)
        : Number.NaN
  if (Number.isNaN(number)) throw new SigmaError('SIGMA_VALUE', path, 'a comparison needs a number')
  return number
}

function specialLeaf(spec: FieldSpec, text: string, path: SigmaPath): Leaf {
  const { field } = spec
  if (spec.special === 'regex') {
    return field === ''
      ? { kind: 'keyword-regex', source: text, flags: spec.regexFlags, path }
      : { kind: 'regex', field, source: text, flags: spec.regexFlags, path }
  }
  if (spec.special === 'fieldref') {
    if (/[*?]/.test(text)) throw new SigmaError('SIGMA_VALUE', path, 'fieldref names one field')
    return { kind: 'fieldref', field, other: text, how: spec.where, cased: spec.cased }
  }
  const test = compileCidr(text)
  if (test === undefined) throw new SigmaError('SIGMA_VALUE', path, `${text.slice(0, 60)} is no network`)
  return { kind: 'cidr', field, network: text, test }
}

/** Values of a type of their own: regular expressions, networks, other fields, presence. */
function specialNode(
  spec: FieldSpec,
  value: SigmaValue,
  context: DetectionContext,
  path: SigmaPath,
): DetectionNode {
  if (spec.special === 'exists') {
    if (typeof value !== 'boolean') throw new SigmaError('SIGMA_VALUE', path, 'exists needs true or false')
    return leafNode({ kind: 'exists', field: spec.field, expected: value })
  }
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string') throw new SigmaError('SIGMA_VALUE', path, `${spec.special} needs a text`)
  const texts = spec.expand ? expandPlaceholders(text, context.placeholders, path) : [text]
  return join(
    'or',
    texts.map((one) => leafNode(specialLeaf(spec, one, path))),
  )
}

function numberNode(spec: FieldSpec, value: SigmaValue, path: SigmaPath): DetectionNode | undefined {
  const { field, compare: operator, time: part } = spec
  if (part !== undefined)
    return leafNode({ kind: 'time', field, part, operator: operator ?? 'eq', value: numberOf(value, path) })
  if (operator === undefined) return undefined
  return leafNode({ kind: 'compare', field, operator, value: numberOf(value, path) })
}

function valueNode(
  spec: FieldSpec,
  value: SigmaValue,
  context: DetectionContext,
  path: SigmaPath,
): DetectionNode {
  context.budget.values += 1
  if (context.budget.values > sigmaLimits.maxValuesPerRule) {
    throw new SigmaError('SIGMA_LIMIT', path, `more than ${sigmaLimits.maxValuesPerRule} values`)
  }
  if (spec.special !== 'none') return specialNode(spec, value, context, path)
  const compared = numberNode(spec, value, path)
  if (compared !== undefined) return compared
  if (value === null) {
    if (spec.field === '') throw new SigmaError('SIGMA_VALUE', path, 'a keyword cannot be null')
    return leafNode({ kind: 'null', field: spec.field })
  }
  if (typeof value === 'object')
    throw new SigmaError('SIGMA_VALUE', path, 'a value must be a text, a number, true, false or null')
  return textNode(spec, String(value), context, path)
}

function fieldNode(
  key: string,
  value: SigmaValue,
  context: DetectionContext,
  path: SigmaPath,
): DetectionNode {
  const spec = readFieldSpec(key, path)
  const values = isList(value) ? value : [value]
  if (values.length === 0) throw new SigmaError('SIGMA_VALUE', path, 'an empty list matches nothing')
  const nodes = values.map((item, index) =>
    valueNode(spec, item, context, isList(value) ? [...path, index] : path),
  )
  const joined = join(spec.all ? 'and' : 'or', nodes)
  return spec.negated ? { kind: 'not', of: joined } : joined
}

function mapNode(map: SigmaMap, context: DetectionContext, path: SigmaPath): DetectionNode {
  const entries = Object.entries(map)
  if (entries.length === 0) throw new SigmaError('SIGMA_DETECTION', path, 'an empty selection')
  return join(
    'and',
    entries.map(([key, value]) => fieldNode(key, value, context, [...path, key])),
  )
}

/**
 * Reads one selection: a mapping (all of its fields), a list of mappings (one of them), a list of keywords (one of
 * them), or a keyword.
 * @throws SigmaError with the path of what cannot be read.
 */
export function parseSelection(value: SigmaValue, context: DetectionContext, path: SigmaPath): DetectionNode {
  if (isMap(value)) return mapNode(value, context, path)
  if (!isList(value)) return fieldNode('', value, context, path)
  if (value.length === 0) throw new SigmaError('SIGMA_DETECTION', path, 'an empty selection')
  const nodes = value.map((item, index) =>
    isMap(item) ? mapNode(item, context, [...path, index]) : fieldNode('', item, context, [...path, index]),
  )
  return join('or', nodes)
}
