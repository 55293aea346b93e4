import { addPair } from '../bodies/pairs.ts'
import { applyChain, applyChainShared } from '../compile/chain-trie.ts'
import type { ChainNode } from '../compile/chain-trie.ts'
import type { CompiledRule, Link, LinkOperator } from '../compile/compiled-rule-set.ts'
import type { Column } from '../prefilter/column.ts'
import type { OperatorMatcher, OperatorSearch } from '../operators/operator.ts'
import { describeMatch, pending } from './describe-match.ts'
import { logMatch } from './log-match.ts'
import { operatorMatches, stepsOf, workAStep } from './operator-matches.ts'
import { openCollections } from './run-late-actions.ts'
import { setVariable } from './set-variable.ts'
import type { Transaction } from './transaction.ts'

const captured: string[] = []
/** From so many bytes on, an operator that can be left inside a value is. */
const longValue = 4096
/** Bytes of work that such an operator does at least before it is left. */
const leastWork = 1024
/** Steps that such an operator goes on for at once, whatever the slice. */
const maxSearchSteps = 65_536
/** Variables that only point at others: a report names what they came from. */
const indirect: ReadonlySet<string> = new Set([
  'TX',
  'MATCHED_VAR',
  'MATCHED_VARS',
  'MATCHED_VAR_NAME',
  'MATCHED_VARS_NAMES',
])

/** One link and the values that it looks at: judges each, and keeps the place where the link is left. */
export class LinkJudge {
  tx: Transaction
  rule: CompiledRule
  link: Link
  matched = false
  /** Value before transformations, for the tracer. */
  original = ''
  /** Place to go on at; all 0 in a link that was not left before. */
  targetAt = 0
  listAt = 0
  valueAt = 0
  stageAt = 0
  isPaused = false
  /** Number of the value in hand, or -1 where a link cannot be left. */
  current = -1
  /** Form of the value in hand, for `multiMatch`, and whether a form or value before it matched. */
  stage = 0
  matchedBefore = false
  /** Match that was left inside the value to go on with. */
  search: OperatorSearch | null = null

  constructor(tx: Transaction, rule: CompiledRule, link: Link) {
    this.tx = tx
    this.rule = rule
    this.link = link
  }

  /** Starts where the link was left, or at its beginning. */
  goOn(link: Link): void {
    const { paused } = this.tx
    const left = paused !== null && paused.link === link ? paused : null
    this.targetAt = left?.target ?? 0
    this.listAt = left?.list ?? 0
    this.valueAt = left?.value ?? 0
    this.stageAt = left?.stage ?? 0
    this.search = left?.search ?? null
    this.current = -1
    this.stage = 0
    this.matched = left?.matched ?? false
    this.matchedBefore = false
    this.isPaused = false
    if (left !== null) this.tx.paused = null
  }

  /** Whether to leave here: between two values of the first link, once the slice is used up. */
  isOver(): boolean {
    return this.tx.steps > this.tx.sliceEnd && this.link.isStarter
  }

  pauseAt(value: number, stage = 0, search: OperatorSearch | null = null): void {
    this.isPaused = true
    this.tx.paused = {
      link: this.link,
      target: this.targetAt,
      list: this.listAt,
      value,
      stage,
      matched: this.matched || this.matchedBefore,
      search,
      pending: { ...pending },
    }
  }

  visitText(label: string, name: string | null, value: string): void {
    const { link } = this
    this.original = value
    // Decodings may leave little of a long value for the operator.
    if (link.chain.depth > 0) this.tx.steps += value.length >> 6
    if (link.multiMatch) this.visitStages(label, name, value)
    else this.judge(label, name, this.transformed(link.chain, value))
  }

  /** A value that the prefilter found something in. */
  visitHit(label: string, name: string | null, hit: { text: string; column: Column; row: number }): void {
    const { link } = this
    if (link.multiMatch) this.visitStages(label, name, hit.text)
    else this.judge(label, name, applyChainShared(link.chain, hit.text, hit.column, hit.row))
  }

  /** `multiMatch`: the value before, between and after the transformations, each different one once. */
  visitStages(label: string, name: string | null, value: string): void {
    const { path } = this.link.chain
    const from = this.stageAt
    this.stageAt = 0
    let last: string | null = null
    let text = value
    for (let stage = 0; stage < path.length; stage++) {
      text = path[stage]?.transformation?.apply(text) ?? text
      if (text === last) continue
      last = text
      if (stage < from) continue
      if (stage > from && this.current >= 0 && this.isOver()) {
        this.pauseAt(this.current, stage)
        return
      }
      this.stage = stage
      this.matchedBefore = this.matched
      this.matched = false
      this.judge(label, name, text)
      if (this.isPaused) return
      if (this.matched && this.link.next === null) {
        describeMatch(this.tx, this.rule)
        logMatch(this.tx, this.rule, pending)
      }
      this.matched ||= this.matchedBefore
    }
    this.matchedBefore = false
  }

  transformed(node: ChainNode, value: string): string {
    const { tracer } = this.tx.surroundings
    if (tracer === null || node.transformation === null || node.parent === null)
      return applyChain(node, value)
    const before = this.transformed(node.parent, value)
    const after = node.transformation.apply(before)
    tracer({ kind: 'transformation', name: node.transformation.name, value: after })
    return after
  }

  judge(label: string, name: string | null, value: string): void {
    const { tx, link } = this
    const captures = link.capture ? captured : null
    if (captured.length > 0) captured.length = 0
    let matched: boolean
    if (value.length >= longValue && this.canBeLeft(link.operator)) {
      const found = this.searchLong(link.operator.matcher, value)
      if (found === null) return
      matched = found !== link.operator.negated
      if (found && captures !== null) captures[0] = value
    } else {
      tx.steps += stepsOf(link.operator, value)
      matched = operatorMatches(link.operator, value, { tx, rule: this.rule, captures })
    }
    tx.surroundings.tracer?.({
      kind: 'value',
      variable: name === null ? label : `${label}:${name}`,
      original: this.original,
      value,
      matched,
    })
    if (!matched) return
    if (captures !== null && captures.length > 0) this.keepCaptures()
    this.accept(label, name, value)
  }

  /** Whether the operator can be left inside the value in hand, and gone on with there. */
  canBeLeft(operator: LinkOperator): operator is LinkOperator & { kind: 'matcher' } {
    return (
      operator.kind === 'matcher' &&
      operator.matcher.open !== undefined &&
      this.current >= 0 &&
      this.link.isStarter
    )
  }

  /** Matches a long value until the slice is used up: null when it is left before the outcome is known. */
  searchLong(matcher: OperatorMatcher, value: string): boolean | null {
    const { tx } = this
    const search = this.search ?? matcher.open?.(value)
    this.search = null
    if (search === undefined) return matcher.match(value, null)
    for (;;) {
      const from = search.work
      const left = Math.min(tx.sliceEnd - tx.steps, maxSearchSteps)
      const isDone = search.goOn(Math.max(leastWork, left * workAStep))
      tx.steps += 1 + Math.ceil((search.work - from) / workAStep)
      if (isDone) return search.matched
      if (!this.isOver()) continue
      this.pauseAt(this.current, this.stage, search)
      return null
    }
  }

  keepCaptures(): void {
    const { slots } = this.tx.tx
    for (let index = 0; index < 10; index++) slots[index] = captured[index]
    const { tracer } = this.tx.surroundings
    if (tracer === null) return
    for (const [index, value] of captured.entries()) tracer({ kind: 'capture', index, value })
  }

  /** One value matched: remembers it and sets variables. */
  accept(label: string, name: string | null, value: string): void {
    const { tx, rule, link } = this
    this.matched = true
    const variable = name === null ? label : `${label}:${name}`
    if (!link.isAction) {
      tx.matchedVar = value
      tx.matchedVarName = variable
      addPair(tx.matchedVars, variable, value)
      if (pending.variable === '' || !indirect.has(label)) pending.variable = variable
    }
    if (link.late !== null) openCollections(tx, rule, link.late)
    for (const set of link.sets) setVariable(tx, rule, set)
    if (link.severity !== null && link.severity < tx.highestSeverity) tx.highestSeverity = link.severity
    if (link.multiMatch) this.fixTexts()
  }

  /** Fixes message and data as they are now: libmodsecurity 3 does so at the match of each link. */
  fixTexts(): void {
    const { tx, rule, link } = this
    if (tx.ruleSet.dialect === 'crs' || (!rule.log && !rule.auditLog && tx.surroundings.tracer === null))
      return
    if (link.msg !== null) pending.message = link.msg.expand(tx, rule)
    if (link.logData !== null) pending.data = link.logData.expand(tx, rule)
  }
}
