import { addPair } from '../bodies/pairs.ts'
import { applyChain, applyChainShared } from '../compile/chain-trie.ts'
import type { ChainNode } from '../compile/chain-trie.ts'
import { leadingNumber } from '../compile/compile-operator.ts'
import type { CompiledRule, Link, LinkOperator, NumberSource, Target } from '../compile/compiled-rule-set.ts'
import { compare } from '../compile/fold-phases.ts'
import { ruleAttribute, ruleAttributes } from '../compile/rule-attribute.ts'
import { alwaysTrigger } from '../prefilter/byte-trigger.ts'
import { hasLink, knownTexts } from '../prefilter/column.ts'
import type { Column } from '../prefilter/column.ts'
import type { OperatorMatcher, OperatorSearch } from '../operators/operator.ts'
import { countMembers } from './count-members.ts'
import { logMatch } from './log-match.ts'
import { passesFilter } from './passes-filter.ts'
import { openCollections, runLateActions } from './run-late-actions.ts'
import { setVariable } from './set-variable.ts'
import type { Pending } from './paused-rule.ts'
import type { Transaction } from './transaction.ts'

/**
 * Evaluates one rule with its chain; on a match sets variables, runs its non-disruptive actions and logs it.
 * Gives true when the whole chain matched. When the slice ends between two values of the first link the rule is left
 * in `tx.paused`: call again to go on with it. Hot: bench/waf measures it.
 */
export function evaluateRule(tx: Transaction, rule: CompiledRule): boolean {
  if (tx.paused === null) beginRule(tx, rule)
  else Object.assign(pending, tx.paused.pending)
  if (!evaluateFrom(tx, rule, rule.link)) return false
  if (tx.ruleSet.dialect === 'crs' && (rule.log || rule.auditLog)) describeMatch(tx, rule, pending)
  if (!rule.link.multiMatch || rule.link.next !== null) logMatch(tx, rule, pending)
  return true
}

function beginRule(tx: Transaction, rule: CompiledRule): void {
  pending.message = ''
  pending.data = ''
  pending.severity = rule.severity
  pending.variable = ''
  // A rule that looks at what the one before it matched keeps the prefilter away: then nothing is cleared.
  if (tx.ruleSet.prefilter !== null) {
    tx.matchedVar = ''
    tx.matchedVarName = ''
  }
  if (tx.matchedVars.names.length > 0) tx.matchedVars = { names: [], values: [] }
}

/** CRS counts on texts being expanded when the whole chain has matched: captures are those of the last link. */
function describeMatch(tx: Transaction, rule: CompiledRule, pending: Pending): void {
  for (let link: Link | null = rule.link; link !== null; link = link.next) {
    if (pending.message === '' && link.msg !== null) pending.message = link.msg.expand(tx, rule)
    if (pending.data === '' && link.logData !== null) pending.data = link.logData.expand(tx, rule)
  }
}

function evaluateFrom(tx: Transaction, rule: CompiledRule, link: Link): boolean {
  if (!linkRun.start(tx, rule, link)) return false
  if (link.next !== null && !evaluateFrom(tx, rule, link.next)) return false
  if (link.late !== null) runLateActions(tx, rule, link.late)
  return true
}

const captured: string[] = []
/** From so many bytes on, an operator that can be left inside a value is. */
export const longValue = 4096
/** Bytes of work that such an operator does at least before it is left. */
const leastWork = 1024
/** Work of such an operator in the time of a step, bytes. */
const workAStep = 8
/** What it costs on a short value besides, steps. */
const searchSteps = 8
/** Steps that such an operator goes on for at once, whatever the slice. */
const maxSearchSteps = 65_536
/** From so many values on, one look at all of them together comes first. */
const manyValues = 8
const pending: Pending = { message: '', data: '', severity: null, variable: '' }
/** Variables that only point at others: a report names what they came from. */
const indirect: ReadonlySet<string> = new Set([
  'TX',
  'MATCHED_VAR',
  'MATCHED_VARS',
  'MATCHED_VAR_NAME',
  'MATCHED_VARS_NAMES',
])

let shared: LinkRun | null = null

// Evaluation is synchronous and never nested, so one object serves all links: none is made per rule.
const linkRun = {
  start(tx: Transaction, rule: CompiledRule, link: Link): boolean {
    shared ??= new LinkRun(tx, rule, link)
    return shared.begin(tx, rule, link)
  },
}

/** One link against all its targets. */
class LinkRun {
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

  begin(tx: Transaction, rule: CompiledRule, link: Link): boolean {
    this.tx = tx
    this.rule = rule
    this.link = link
    this.goOn(link)
    if (link.isAction) {
      this.accept('', null, '')
      if (!link.multiMatch) this.fixTexts()
      return true
    }
    for (; this.targetAt < link.targets.length; this.targetAt++) {
      const target = link.targets[this.targetAt]
      if (target !== undefined) this.visit(target)
      if (this.isPaused) return false
    }
    // Nothing that texts can name changes after the last match of a link.
    if (this.matched && !link.multiMatch) this.fixTexts()
    return this.matched
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

  visit(target: Target): void {
    switch (target.kind) {
      case 'list':
        for (; this.listAt < target.lists.length; this.listAt++) {
          const list = target.lists[this.listAt]
          if (list !== undefined) this.visitList(target, list.access, list.column)
          if (this.isPaused) return
          this.valueAt = 0
        }
        this.listAt = 0
        return
      case 'scalar':
        this.visitScalar(target)
        return
      case 'tx-slot':
        this.visitValue(target.label, target.name, this.tx.tx.slots[target.slot])
        return
      case 'count':
        this.visitValue(target.label, countName(target.of), countMembers(this.tx, target.of))
        return
      case 'map':
        this.visitMap(target)
        return
      case 'xml':
        this.visitXml(target)
        return
      case 'rule':
        this.visitRule(target)
    }
  }

  visitScalar(target: Target & { kind: 'scalar' }): void {
    const { link, tx } = this
    this.current = 0
    this.visitScalarValue(target, link, tx)
    this.current = -1
  }

  visitScalarValue(target: Target & { kind: 'scalar' }, link: Link, tx: Transaction): void {
    if (link.bit < 0 || target.column < 0) {
      this.visitValue(target.label, null, target.source.read(tx))
      return
    }
    const column = tx.columns[target.column]
    if (column === undefined || column.scanned === 0)
      this.visitValue(target.label, null, target.source.read(tx))
    else if (column.rows.length > 0 && hasLink(column, 0, link) && !this.isTakenAway(target.label, null)) {
      this.visitHit(target.label, null, {
        text: String(target.source.read(tx)),
        known: knownTexts(column, 0),
      })
    }
  }

  visitList(
    target: Target & { kind: 'list' },
    access: (Target & { kind: 'list' })['lists'][number]['access'],
    columnNumber: number,
  ): void {
    const { tx, link } = this
    const values = access.values(tx)
    if (values.length === 0) return
    const names = access.names(tx)
    const column = link.bit >= 0 && columnNumber >= 0 ? tx.columns[columnNumber] : undefined
    if (column !== undefined && column.scanned >= values.length) {
      this.visitHits(target, { column, values, names })
      return
    }
    if (
      columnNumber >= 0 &&
      target.headerSlot < 0 &&
      this.valueAt === 0 &&
      this.isRuledOutWhole(tx.columns[columnNumber], values)
    )
      return
    if (target.headerSlot >= 0) {
      for (let row = tx.headerFirst[target.headerSlot] ?? -1; row >= 0; row = tx.headerNext[row] ?? -1) {
        this.visitMember(target, names[row] ?? '', values[row] ?? '')
      }
      return
    }
    // MATCHED_VARS grows while it is read.
    const size = values.length
    for (let row = this.valueAt; row < size; row++) {
      if (row > this.valueAt && this.isOver()) {
        this.pauseAt(row)
        return
      }
      this.current = row
      this.visitMember(target, names[row] ?? '', values[row] ?? '')
      if (this.isPaused) return
    }
    this.current = -1
  }

  visitHits(
    target: Target & { kind: 'list' },
    { column, values, names }: { column: Column; values: readonly string[]; names: readonly string[] },
  ): void {
    const { link } = this
    if (column.rows.length === 0) return
    if (this.valueAt === 0 && this.isRuledOut(column, values)) return
    for (let hit = this.valueAt; hit < column.rows.length; hit++) {
      if (!hasLink(column, hit, link)) continue
      if (hit > this.valueAt && this.isOver()) {
        this.pauseAt(hit)
        return
      }
      const row = column.rows[hit] ?? 0
      const name = names[row] ?? ''
      if (!this.isMeant(target, name)) continue
      this.current = hit
      this.visitHit(target.label, name, { text: values[row] ?? '', known: knownTexts(column, hit) })
      if (this.isPaused) return
    }
    this.current = -1
  }

  /**
   * One look at all values that the prefilter left, when they are many: often none of them matches. Also true when the
   * slice ended while their forms were made: these are kept, so that the next time comes further.
   */
  isRuledOut(column: Column, values: readonly string[]): boolean {
    const { link } = this
    const matcher = link.operator.kind === 'matcher' && !link.operator.negated ? link.operator.matcher : null
    if (matcher?.matchesAny === undefined || link.multiMatch || column.rows.length < manyValues) return false
    const texts: string[] = []
    let length = 0
    for (let hit = 0; hit < column.rows.length; hit++) {
      if (!hasLink(column, hit, link)) continue
      const known = knownTexts(column, hit)
      const isNew = link.chain.depth > 0 && known[link.chain.number] === undefined
      const text = applyChainShared(link.chain, values[column.rows[hit] ?? 0] ?? '', known)
      if (isNew) {
        this.tx.steps += 1 + (text.length >> 5)
        if (this.isOver()) {
          this.pauseAt(0)
          return true
        }
      }
      length += text.length + 1
      texts.push(text)
    }
    if (texts.length < manyValues) return texts.length === 0
    this.tx.steps += 1 + (length >> 5)
    return !matcher.matchesAny(texts.join('\n'))
  }

  /** The same for a link that looks at every value, as long as its chain changes none of them. */
  isRuledOutWhole(column: Column | undefined, values: readonly string[]): boolean {
    const { link } = this
    if (column === undefined || values.length < manyValues || column.scanned < values.length) return false
    if (link.multiMatch || this.tx.surroundings.tracer !== null) return false
    const matcher = link.operator.kind === 'matcher' && !link.operator.negated ? link.operator.matcher : null
    if (matcher?.matchesAny === undefined || ((column.flags | alwaysTrigger) & link.triggers) !== 0)
      return false
    column.joined ??= values.join('\n')
    this.tx.steps += 1 + (column.joined.length >> 5)
    return !matcher.matchesAny(column.joined)
  }

  visitMember(target: Target & { kind: 'list' }, name: string, value: string): void {
    if (this.isMeant(target, name)) this.visitText(target.label, name, value)
  }

  visitMap(target: Target & { kind: 'map' }): void {
    const { tx } = this
    if (target.filter.kind === 'key') {
      this.visitValue(target.label, target.filter.key, target.source.get(tx, target.filter.key))
      return
    }
    const { filter } = target
    const entries =
      target.label === 'TX' && filter.kind === 'regex'
        ? tx.tx.matching(filter.test)
        : [...target.source.entries(tx)]
    for (const [name, value] of entries) {
      if (this.isMeant(target, name)) this.visitValue(target.label, name, value)
    }
  }

  visitXml(target: Target & { kind: 'xml' }): void {
    const { tx, link } = this
    if (tx.xml === null || this.isTakenAway('XML', target.path)) return
    const label = `XML:${target.path}`
    const values = tx.xmlValues(target.path, target.xpath)
    const column = tx.columns[target.column]
    if (link.bit >= 0 && column !== undefined && column.scanned > 0) {
      this.visitXmlHits(label, column, values)
      if (this.isPaused) return
    } else if (this.valueAt > 0 || !this.isRuledOutWhole(column, values)) {
      for (let row = this.valueAt; row < values.length; row++) {
        if (this.isLeftAt(row)) return
        this.visitText(label, null, values[row] ?? '')
        if (this.isPaused) return
      }
    }
    this.valueAt = 0
    this.current = -1
  }

  visitXmlHits(label: string, column: Column, values: readonly string[]): void {
    if (this.valueAt === 0 && this.isRuledOut(column, values)) return
    for (let hit = this.valueAt; hit < column.rows.length; hit++) {
      if (!hasLink(column, hit, this.link)) continue
      if (this.isLeftAt(hit)) return
      this.visitHit(label, null, {
        text: values[column.rows[hit] ?? 0] ?? '',
        known: knownTexts(column, hit),
      })
      if (this.isPaused) return
    }
  }

  /** Whether the rule is left before a value; else the value is the one in hand. */
  isLeftAt(value: number): boolean {
    if (value > this.valueAt && this.isOver()) this.pauseAt(value)
    else this.current = value
    return this.isPaused
  }

  visitRule(target: Target & { kind: 'rule' }): void {
    for (const name of ruleAttributes) {
      if (!passesFilter(target.filter, name, this.tx)) continue
      this.visitText(target.label, name, ruleAttribute(this.tx, this.rule, name))
    }
  }

  /** Selector and exclusions of a target, and targets removed for this transaction. */
  isMeant(target: Target & { kind: 'list' | 'map' }, name: string): boolean {
    const { tx } = this
    if (target.filter.kind !== 'all' && !passesFilter(target.filter, name, tx)) return false
    for (const exclusion of target.exclusions) if (passesFilter(exclusion.filter, name, tx)) return false
    return !this.isTakenAway(target.label, name)
  }

  isTakenAway(label: string, name: string | null): boolean {
    return this.tx.targetRemovals !== null && isRemoved(this.tx, this.rule, { label, name })
  }

  visitValue(label: string, name: string | null, value: string | number | undefined): void {
    if (value === undefined) return
    const { tx, link } = this
    if (this.isTakenAway(label, name)) return
    if (typeof value === 'string') {
      this.visitText(label, name, value)
      return
    }
    if (link.operator.kind === 'compare' && link.chain.depth === 0 && tx.surroundings.tracer === null) {
      tx.steps++
      if (compares(value, link.operator, tx)) this.accept(label, name, String(value))
      return
    }
    this.visitText(label, name, String(value))
  }

  visitText(label: string, name: string | null, value: string): void {
    const { link } = this
    this.original = value
    // Decodings may leave little of a long value for the operator.
    if (link.chain.depth > 0) this.tx.steps += value.length >> 6
    if (link.multiMatch) this.visitStages(label, name, value)
    else this.judge(label, name, this.transformed(link.chain, value))
  }

  visitHit(label: string, name: string | null, value: { text: string; known: (string | undefined)[] }): void {
    const { link } = this
    if (link.multiMatch) this.visitStages(label, name, value.text)
    else this.judge(label, name, applyChainShared(link.chain, value.text, value.known))
  }

  /** `multiMatch`: the value before, between and after the transformations, each different one once. */
  visitStages(label: string, name: string | null, value: string): void {
    const nodes: ChainNode[] = []
    for (let node: ChainNode | null = this.link.chain; node !== null; node = node.parent) nodes.unshift(node)
    const from = this.stageAt
    this.stageAt = 0
    let last: string | null = null
    let text = value
    for (const [stage, node] of nodes.entries()) {
      text = node.transformation?.apply(text) ?? text
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
        describeMatch(this.tx, this.rule, pending)
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

function stepsOf(operator: LinkOperator, value: string): number {
  return operator.kind === 'matcher' && operator.matcher.open !== undefined
    ? searchSteps + Math.ceil(value.length / workAStep)
    : 1 + (value.length >> 5)
}

function countName(target: Target): string | null {
  if (target.kind === 'tx-slot') return target.name
  return target.kind === 'list' && target.filter.kind === 'key' ? target.filter.written : null
}

function isRemoved(
  tx: Transaction,
  rule: CompiledRule,
  member: { label: string; name: string | null },
): boolean {
  return (tx.targetRemovals ?? []).some(
    (removal) =>
      removal.rules[rule.index] === 1 &&
      removal.name === member.label &&
      (removal.filter.kind === 'all' ||
        (member.name !== null && passesFilter(removal.filter, member.name, tx))),
  )
}

function compares(value: number, operator: LinkOperator & { kind: 'compare' }, tx: Transaction): boolean {
  return compare(operator.comparison, value, boundOf(operator.bound, tx))
}

function boundOf(bound: NumberSource, tx: Transaction): number {
  if (bound.macro === null) return bound.constant
  const value = bound.slot >= 0 ? tx.tx.slots[bound.slot] : bound.macro.expand(tx, null)
  return typeof value === 'number' ? value : leadingNumber(value ?? '')
}

function operatorMatches(
  operator: LinkOperator,
  value: string,
  { tx, rule, captures }: { tx: Transaction; rule: CompiledRule; captures: string[] | null },
): boolean {
  switch (operator.kind) {
    case 'always':
      return true
    case 'compare':
      return compares(leadingNumber(value), operator, tx)
    case 'matcher':
      return operator.matcher.match(value, captures) !== operator.negated
    case 'dynamic': {
      const matcher = operator.compile(operator.macro.expand(tx, rule))
      return matcher.match(value, captures) !== operator.negated
    }
  }
}
