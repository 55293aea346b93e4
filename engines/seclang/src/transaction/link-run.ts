import { alwaysTrigger } from '../prefilter/byte-trigger.ts'
import { applyChainShared } from '../compile/chain-trie.ts'
import type { CompiledRule, Link, Target } from '../compile/compiled-rule-set.ts'
import { ruleAttribute, ruleAttributes } from '../compile/rule-attribute.ts'
import { hasLink } from '../prefilter/column.ts'
import type { Column } from '../prefilter/column.ts'
import { countMembers } from './count-members.ts'
import { isRemoved } from './is-removed.ts'
import { LinkJudge } from './link-judge.ts'
import { compares } from './operator-matches.ts'
import { passesFilter } from './passes-filter.ts'
import type { Transaction } from './transaction.ts'

/** From so many values on, one look at all of them together comes first: */
const manyValues = 8
/** at so many at a time, as long as they are short: between two looks others may have their turn. */
const windowValues = 256
const windowBytes = 16_384

/** One link against all its targets. Hot: bench/waf measures it. */
export class LinkRun extends LinkJudge {
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
      this.visitHit(target.label, null, { text: String(target.source.read(tx)), column, row: 0 })
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
    if (target.headerSlot >= 0) {
      for (let row = tx.headerFirst[target.headerSlot] ?? -1; row >= 0; row = tx.headerNext[row] ?? -1) {
        this.visitMember(target, names[row] ?? '', values[row] ?? '')
      }
      return
    }
    // MATCHED_VARS grows while it is read.
    const size = values.length
    const looked = columnNumber >= 0 ? tx.columns[columnNumber] : undefined
    for (let row = this.valueAt; row < size; row++) {
      if (this.isLeftAt(row)) return
      if (row % windowValues === 0 && this.rulesOutRows(looked, values, row)) row += windowValues - 1
      else this.visitMember(target, names[row] ?? '', values[row] ?? '')
      if (this.isPaused) return
    }
    this.current = -1
  }

  visitHits(
    target: Target & { kind: 'list' },
    { column, values, names }: { column: Column; values: readonly string[]; names: readonly string[] },
  ): void {
    const { link } = this
    for (let hit = this.valueAt; hit < column.rows.length; hit++) {
      if (hit % windowValues === 0) {
        if (this.isLeftAt(hit)) return
        if (this.rulesOutHits(column, values, hit)) {
          hit += windowValues - 1
          continue
        }
      }
      if (!hasLink(column, hit, link)) continue
      if (this.isLeftAt(hit)) return
      const row = column.rows[hit] ?? 0
      const name = names[row] ?? ''
      if (!this.isMeant(target, name)) continue
      this.visitHit(target.label, name, { text: values[row] ?? '', column, row: hit })
      if (this.isPaused) return
    }
    this.current = -1
  }

  /** One look at the values of a window that the prefilter left, when they are many: often none of them matches. */
  rulesOutHits(column: Column, values: readonly string[], from: number): boolean {
    const { rows } = column
    if (rows.length < manyValues) return false
    const matchesAny = this.looksAtMany()
    if (matchesAny === undefined) return false
    const { link } = this
    const to = Math.min(from + windowValues, rows.length)
    let hits = 0
    for (let hit = from; hit < to; hit++) if (hasLink(column, hit, link)) hits++
    if (hits < manyValues) return hits === 0
    // Mostly the link is meant by nearly all of them: then all are looked at, as text that other links look at, too.
    if (2 * hits < to - from)
      return this.rulesOut(matchesAny, this.joinHits(column, values, { from, to, all: false }))
    const known = (column.joinedTexts[link.chain.number] ??= [])
    const window = from / windowValues
    let joined = known[window]
    if (joined === undefined) {
      joined = this.joinHits(column, values, { from, to, all: true })
      known[window] = joined
    }
    return this.rulesOut(matchesAny, joined)
  }

  /** Forms of values that the prefilter left, one under the other: of all or of those of the link; null: too long. */
  joinHits(
    column: Column,
    values: readonly string[],
    { from, to, all }: { from: number; to: number; all: boolean },
  ): string | null {
    const { link, tx } = this
    const isMeant = (hit: number): boolean => all || hasLink(column, hit, link)
    let bytes = 0
    for (let hit = from; hit < to; hit++)
      if (isMeant(hit)) bytes += values[column.rows[hit] ?? 0]?.length ?? 0
    if (bytes > windowBytes) return null
    const texts: string[] = []
    for (let hit = from; hit < to; hit++)
      if (isMeant(hit))
        texts.push(applyChainShared(link.chain, values[column.rows[hit] ?? 0] ?? '', column, hit))
    if (link.chain.depth > 0) tx.steps += texts.length + (bytes >> 5)
    return texts.join('\n')
  }

  /** The same for the values of a window of a link that looks at each, as long as its chain changes none of them. */
  rulesOutRows(column: Column | undefined, values: readonly string[], from: number): boolean {
    const { link } = this
    if (column === undefined || values.length < manyValues || column.scanned < values.length) return false
    if (this.tx.surroundings.tracer !== null) return false
    const matchesAny = this.looksAtMany()
    if (matchesAny === undefined || ((column.flags | alwaysTrigger) & link.triggers) !== 0) return false
    const window = from / windowValues
    let joined = column.joined[window]
    if (joined === undefined) {
      joined = joinShort(values.slice(from, from + windowValues))
      column.joined[window] = joined
    }
    return this.rulesOut(matchesAny, joined)
  }

  /** The operator's look at many values at once, where it has one and it tells what the link needs. */
  looksAtMany(): ((joined: string) => boolean) | undefined {
    const { operator, multiMatch } = this.link
    return operator.kind === 'matcher' && !operator.negated && !multiMatch && this.search === null
      ? operator.matcher.matchesAny
      : undefined
  }

  rulesOut(matchesAny: (joined: string) => boolean, joined: string | null): boolean {
    if (joined === null) return false
    this.tx.steps += 1 + (joined.length >> 5)
    return !matchesAny(joined)
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
    if (target.label === 'TX' && filter.kind === 'regex') {
      for (const [name, value] of tx.tx.matching(filter.test))
        if (this.isKept(target, name)) this.visitValue(target.label, name, value)
      return
    }
    // All names first: a match may set variables of the same collection.
    for (const [name, value] of Array.from(target.source.entries(tx)))
      if (this.isMeant(target, name)) this.visitValue(target.label, name, value)
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
    } else {
      for (let row = this.valueAt; row < values.length; row++) {
        if (this.isLeftAt(row)) return
        if (row % windowValues === 0 && this.rulesOutRows(column, values, row)) row += windowValues - 1
        else this.visitText(label, null, values[row] ?? '')
        if (this.isPaused) return
      }
    }
    this.valueAt = 0
    this.current = -1
  }

  visitXmlHits(label: string, column: Column, values: readonly string[]): void {
    for (let hit = this.valueAt; hit < column.rows.length; hit++) {
      if (hit % windowValues === 0) {
        if (this.isLeftAt(hit)) return
        if (this.rulesOutHits(column, values, hit)) {
          hit += windowValues - 1
          continue
        }
      }
      if (!hasLink(column, hit, this.link)) continue
      if (this.isLeftAt(hit)) return
      this.visitHit(label, null, { text: values[column.rows[hit] ?? 0] ?? '', column, row: hit })
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
    if (target.filter.kind !== 'all' && !passesFilter(target.filter, name, this.tx)) return false
    return this.isKept(target, name)
  }

  /** The same for a member that passed the selector. */
  isKept(target: Target & { kind: 'list' | 'map' }, name: string): boolean {
    const { tx } = this
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
}

function countName(target: Target): string | null {
  if (target.kind === 'tx-slot') return target.name
  return target.kind === 'list' && target.filter.kind === 'key' ? target.filter.written : null
}

/** Values one under the other; null when they are too long for one look. */
function joinShort(values: readonly string[]): string | null {
  let bytes = 0
  for (const value of values) bytes += value.length
  return bytes > windowBytes ? null : values.join('\n')
}
