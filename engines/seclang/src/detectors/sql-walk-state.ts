import type { SqlContext, SqlTokens } from './sql-lexer.ts'
import { kindAt, wordAt, type SqlSource } from './sql-shape.ts'
import { SQL } from './sql-words.ts'

/** What a finished operand was. */
export const OPERAND = { none: 0, literal: 1, name: 2, variable: 3, call: 4, group: 5, open: 6 } as const

/** What has been read of the expression that the value would put into the query. */
export interface Walk extends SqlSource {
  readonly context: SqlContext
  i: number
  /** An operand is expected next; otherwise an operator. */
  wanting: boolean
  /** Every token so far fitted the grammar, counted from the start of the value. */
  clean: boolean
  /** What each open parenthesis belongs to, and the operator that waits for it. */
  readonly groups: number[]
  readonly waiting: (0 | 1 | 2 | 3)[]
  readonly lefts: number[]
  /** Closing parentheses that close ones of the query. */
  closers: number
  cases: number
  betweens: number
  selects: number
  logic: number
  comparisons: number
  constantComparisons: number
  constantLogic: number
  arithmetic: number
  sqlCalls: number
  plainCalls: number
  variables: number
  operands: number
  commas: number
  first: number
  last: number
  left: number
  pending: 0 | 1 | 2 | 3
  ending: number
  /** A comparison had the same literal on both sides. */
  equal: boolean
  reason: string | null
}

export const NOTHING = 0
export const COMPARE = 1
export const LOGIC = 2
export const ARITHMETIC = 3

/** Tells whether an operand has the same value for every row. */
export function isConstant(kind: number): boolean {
  return kind === OPERAND.literal || kind === OPERAND.open || kind === OPERAND.group
}

/** An operand is complete: settle the operator that waited for it. */
export function finish(walk: Walk, kind: number): void {
  walk.operands++
  if (walk.operands === 1) walk.first = kind
  if (walk.pending === COMPARE) {
    walk.comparisons++
    if (isConstant(walk.left) && isConstant(kind)) walk.constantComparisons++
    if (kind === OPERAND.literal && walk.i >= 2 && wordAt(walk, walk.i) === wordAt(walk, walk.i - 2))
      walk.equal = true
  } else if (walk.pending === LOGIC) {
    if (isConstant(walk.left) && isConstant(kind)) walk.constantLogic++
  }
  // A column plus a number is no constant.
  walk.last =
    walk.pending === ARITHMETIC && walk.left === OPERAND.name && kind === OPERAND.literal ? walk.left : kind
  walk.pending = NOTHING
  walk.wanting = false
  walk.i++
}

/** An operator was read: an operand comes next. */
export function awaitOperand(walk: Walk, pending: 0 | 1 | 2 | 3): void {
  walk.left = walk.last
  walk.pending = pending
  walk.wanting = true
  if (pending === LOGIC) walk.logic++
  else if (pending === ARITHMETIC) walk.arithmetic++
  walk.i++
}

/** Ends the walk with a finding. */
export function found(walk: Walk, reason: string): void {
  walk.reason = reason
}

/** A parenthesis opens, of a call or of an expression. */
export function openGroup(walk: Walk, kind: number, tokens: number): void {
  walk.groups.push(kind)
  walk.waiting.push(walk.pending)
  walk.lefts.push(walk.left)
  walk.i += tokens
  walk.wanting = true
  walk.pending = NOTHING
}

/** A parenthesis closes: one of the value, or one of the query. */
export function closeGroup(walk: Walk): void {
  const kind = walk.groups.pop()
  if (kind === undefined) {
    walk.closers++
    walk.i++
    return
  }
  walk.pending = walk.waiting.pop() ?? NOTHING
  walk.left = walk.lefts.pop() ?? OPERAND.none
  finish(walk, kind === SQL.open ? OPERAND.group : OPERAND.call)
}

/** "-1 inion select": one unreadable word right behind a number. */
export function isMangledJoin(walk: Walk): boolean {
  return (
    walk.i <= 3 &&
    !walk.clean &&
    kindAt(walk, walk.i - 2) === SQL.number &&
    kindAt(walk, walk.i - 1) !== SQL.comma
  )
}

export function startWalk(tokens: SqlTokens, text: string, context: SqlContext): Walk {
  return {
    tokens,
    text,
    context,
    i: 0,
    wanting: true,
    clean: true,
    groups: [],
    waiting: [],
    lefts: [],
    closers: 0,
    cases: 0,
    betweens: 0,
    selects: 0,
    logic: 0,
    comparisons: 0,
    constantComparisons: 0,
    constantLogic: 0,
    arithmetic: 0,
    sqlCalls: 0,
    plainCalls: 0,
    variables: 0,
    operands: 0,
    commas: 0,
    first: OPERAND.none,
    last: OPERAND.none,
    left: OPERAND.none,
    pending: NOTHING,
    ending: 0,
    equal: false,
    reason: null,
  }
}
