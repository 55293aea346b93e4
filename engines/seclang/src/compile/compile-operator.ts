import { RegexError } from '@sevenfold/regex'
import { nearestName } from '../language/nearest-name.ts'
import { parseMacro } from '../language/macro.ts'
import type { OperatorUse } from '../language/rule-set-source.ts'
import type { SeclangErrorCode } from '../language/seclang-error.ts'
import type { Operator, OperatorContext, OperatorMatcher } from '../operators/operator.ts'
import { compilePattern } from '../operators/pattern.ts'
import { operators } from '../operators/registry.ts'
import { UnsupportedOperator } from '../operators/unsupported.ts'
import type { CompileCache } from './compile-cache.ts'
import type { LinkOperator, NumberSource } from './compiled-rule-set.ts'
import { compileMacro, soleTxSlot } from './expand-macro.ts'
import { withNeeds } from './operator-needs.ts'
import type { TxSlots } from './tx-slots.ts'

/** A fault of an operator, to be placed where the operator is written. */
export class OperatorFault extends Error {
  readonly code: SeclangErrorCode
  readonly token: string
  readonly nearest: string | null

  constructor(code: SeclangErrorCode, message: string, token: string, nearest: string | null = null) {
    super(message)
    this.code = code
    this.token = token
    this.nearest = nearest
  }
}

/** Most compiled forms kept of one operator whose parameter is made at run time. */
export const maxDynamicForms = 64

const comparisons = { eq: 'eq', ge: 'ge', gt: 'gt', le: 'le', lt: 'lt' } as const
const negations = { eq: 'ne', ne: 'eq', ge: 'lt', lt: 'ge', gt: 'le', le: 'gt' } as const

/** Compiles the operator of a link. Throws OperatorFault. */
export function compileOperator(
  use: OperatorUse | null,
  context: OperatorContext,
  { slots, cache }: { readonly slots: TxSlots; readonly cache: CompileCache },
): LinkOperator {
  if (use === null) return { kind: 'always' }
  const lower = use.name.toLowerCase()
  if (lower === 'unconditionalmatch' && !use.negated) return { kind: 'always' }
  const operator = operators.get(lower)
  if (operator === undefined) {
    const nearest = nearestName(use.name, operators.keys())
    throw new OperatorFault('WAF_RULE_UNKNOWN_OPERATOR', 'unknown operator', use.name, nearest)
  }
  const comparison = Object.entries(comparisons).find(([name]) => name === lower)?.[1]
  if (comparison !== undefined) return compileComparison(use, comparison, slots)
  if (takesMacros(lower) && use.param.includes('%{')) return compileDynamic(use, operator, { context, slots })
  return {
    kind: 'matcher',
    matcher: cache.matcher(matcherKey(lower, use.param, context), () =>
      compileMatcher(operator, use.param, context),
    ),
    negated: use.negated,
  }
}

// Patterns and phrase lists may hold a literal %{; only these operators expand their parameter.
function takesMacros(name: string): boolean {
  return [
    'beginswith',
    'contains',
    'containsword',
    'endswith',
    'ipmatch',
    'streq',
    'strmatch',
    'within',
    'rx',
  ].includes(name)
}

function compileComparison(
  use: OperatorUse,
  comparison: keyof typeof comparisons,
  slots: TxSlots,
): LinkOperator {
  const parsed = parse(use.param, use)
  const macro = compileMacro(parsed, slots)
  const bound: NumberSource = {
    constant: macro.constant === null ? 0 : leadingNumber(macro.constant),
    macro: macro.constant === null ? macro : null,
    slot: soleTxSlot(parsed, slots),
  }
  return { kind: 'compare', comparison: use.negated ? negations[comparison] : comparison, bound }
}

function parse(param: string, use: OperatorUse): ReturnType<typeof parseMacro> {
  try {
    return parseMacro(param, 0)
  } catch {
    throw new OperatorFault('WAF_RULE_UNKNOWN_VARIABLE', 'unknown variable in a macro', use.param)
  }
}

const everything: OperatorMatcher = {
  match(input, captures) {
    if (captures !== null) captures[0] = input
    return true
  },
}

// `.` takes line ends too, so these take any value whole; CRS uses them to copy a value into a capture.
const takesAll: ReadonlySet<string> = new Set(['^.*$', '.*', '^(?s:.*)$', '^.*', '.*$'])

/** Matchers of the same key are the same: names of data files are relative to the file of the rule. */
function matcherKey(name: string, param: string, { regex, from }: OperatorContext): string {
  const place = name.startsWith('pmf') || name.startsWith('ipmatchf') ? from : ''
  return `${name} ${regex.multiline ? 'lines' : 'whole'} ${place}\n${param}`
}

// Ends of the whole input have no meaning inside a longer one.
const inputEnds = /\\[AzZG]/

/** With line anchors, what matches a value also matches a text that holds the value as whole lines. */
function joinedMatch(
  param: string,
  context: OperatorContext,
  test: (input: string) => boolean,
): Pick<OperatorMatcher, 'matchesAny'> {
  if (inputEnds.test(param)) return {}
  if (context.regex.multiline) return { matchesAny: test }
  let lined: ((input: string) => boolean) | null = null
  return {
    matchesAny: (joined) => {
      lined ??= compilePattern(param, { ...context.regex, multiline: true }).test
      return lined(joined)
    },
  }
}

/** As the operator itself, with more for the prefilter. */
function compileRx(param: string, context: OperatorContext): OperatorMatcher {
  const pattern = compilePattern(param, context.regex)
  // Known to be sound now. Most patterns of a large rule set are never asked again: their trees would fill the memory.
  pattern.regex.forget()
  return {
    match: (input, captures) =>
      captures === null ? pattern.test(input) : pattern.find(input, 0, captures) >= 0,
    ...joinedMatch(param, context, pattern.test),
    get literals() {
      return pattern.literals
    },
    get bytes() {
      return pattern.regex.requiredBytes
    },
    forget: () => pattern.regex.forget(),
  }
}

function compileMatcher(operator: Operator, param: string, context: OperatorContext): OperatorMatcher {
  try {
    if (operator.name === 'rx') return takesAll.has(param) ? everything : compileRx(param, context)
    return withNeeds(operator.name.toLowerCase(), operator.compile(param, context))
  } catch (error) {
    const isUnsupported =
      error instanceof UnsupportedOperator ||
      (error instanceof RegexError && error.code === 'REGEX_UNSUPPORTED')
    throw new OperatorFault(
      isUnsupported ? 'WAF_RULE_UNSUPPORTED' : 'WAF_RULE_ARGUMENT',
      error instanceof Error ? error.message : String(error),
      operator.name,
    )
  }
}

const neverMatches: OperatorMatcher = { match: () => false }
/** In place of an operator that cannot be evaluated: neither it nor its negation ever matches. */
export const neverOperator: LinkOperator = { kind: 'matcher', matcher: neverMatches, negated: false }

function compileDynamic(
  use: OperatorUse,
  operator: Operator,
  { context, slots }: { readonly context: OperatorContext; readonly slots: TxSlots },
): LinkOperator {
  const known = new Map<string, OperatorMatcher>()
  return {
    kind: 'dynamic',
    macro: compileMacro(parse(use.param, use), slots),
    negated: use.negated,
    compile: (param) => {
      const found = known.get(param)
      if (found !== undefined) return found
      const matcher = matcherOrNever(operator, param, context)
      if (known.size >= maxDynamicForms) known.clear()
      known.set(param, matcher)
      return matcher
    },
  }
}

// A parameter made at run time can be nonsense (an empty address list); then nothing matches.
function matcherOrNever(operator: Operator, param: string, context: OperatorContext): OperatorMatcher {
  try {
    return operator.compile(param, context)
  } catch {
    return neverMatches
  }
}

/** Integer at the start of a text as C's atoi reads it; 0 when there is none. */
export function leadingNumber(text: string): number {
  const value = Number.parseInt(text, 10)
  return Number.isNaN(value) ? 0 : value
}
