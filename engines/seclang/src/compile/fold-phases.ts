import type { TxValue } from '../transaction/tx-variables.ts'
import { leadingNumber } from './compile-operator.ts'
import { applyChain } from './chain-trie.ts'
import type {
  CompiledRule,
  CompiledSet,
  FoldedPhases,
  FoldedStep,
  Link,
  PhaseProgram,
  Target,
} from './compiled-rule-set.ts'
import type { ExpandedMacro } from './expand-macro.ts'
import type { TxSlots } from './tx-slots.ts'

/**
 * Works out before any request which rules have an outcome that no request can change: defaults of a set-up, paranoia
 * levels, counters that start at zero. What is left of each phase runs instead of all its rules, as long as the
 * transaction removes no rule; the state after each step is the same.
 */
export function foldPhases(phases: readonly PhaseProgram[], slots: TxSlots): FoldedPhases {
  const folder = new Folder(slots)
  const steps = phases.map((program) => folder.foldPhase(program))
  return { phases: steps, reliedOn: folder.reliedOn }
}

type Outcome = 'yes' | 'no' | 'unknown'

/** Value of a slot that depends on the request. */
const varies = Symbol('varies')

class Folder {
  /** Rules that were taken to match. */
  readonly reliedOn = new Set<number>()
  readonly #slots: TxSlots
  /** Slots that are not in the map have no value. */
  readonly #known = new Map<number, TxValue | typeof varies>()
  /** Rules before this position may be jumped over. */
  #maybeUntil = 0
  #steps: FoldedStep[] = []

  constructor(slots: TxSlots) {
    this.#slots = slots
  }

  foldPhase({ rules }: PhaseProgram): FoldedStep[] {
    this.#steps = []
    this.#maybeUntil = 0
    for (let position = 0; position < rules.length;) {
      const rule = rules[position]
      if (rule === undefined) break
      const outcome = this.#outcome(rule.link)
      const isSure = position >= this.#maybeUntil
      if (outcome === 'no') position++
      else if (outcome === 'yes' && isSure) position = this.#foldSure(rule, position)
      else {
        this.#keep(rule, position)
        position++
      }
    }
    return this.#steps
  }

  #foldSure(rule: CompiledRule, position: number): number {
    this.reliedOn.add(rule.index)
    const after = rule.jump > 0 ? rule.jump : position + 1
    if (
      rule.link.next !== null ||
      rule.effect.kind !== 'pass' ||
      rule.log ||
      rule.auditLog ||
      rule.link.late !== null ||
      rule.link.severity !== null
    ) {
      this.#keep(rule, position)
      // The rule matches for sure, so its jump is taken for sure.
      if (rule.jump > 0) this.#maybeUntil = 0
      return after
    }
    for (const set of rule.link.sets) this.#foldSet(rule, position, set)
    return after
  }

  #foldSet(rule: CompiledRule, position: number, set: CompiledSet): void {
    const value = set.slot < 0 ? varies : this.#valueAfter(set)
    if (value === varies) {
      this.#steps.push({ kind: 'set', position, rule, set })
      this.#forget(set)
      return
    }
    this.#known.set(set.slot, value)
    const last = this.#steps.at(-1)
    if (last?.kind === 'writes') {
      last.slots.push(set.slot)
      last.values.push(value)
    } else this.#steps.push({ kind: 'writes', position, slots: [set.slot], values: [value] })
  }

  #valueAfter(set: CompiledSet): TxValue | typeof varies {
    if (set.operation === 'unset') return undefined
    const operand = this.#macroValue(set.value, set.valueSlot)
    if (operand === varies) return varies
    if (set.operation === 'set') return operand ?? ''
    const old = this.#known.get(set.slot)
    if (old === varies) return varies
    const amount = toNumber(operand)
    return toNumber(old) + (set.operation === 'add' ? amount : -amount)
  }

  #macroValue(macro: ExpandedMacro, slot: number): TxValue | typeof varies {
    if (macro.constant !== null) return macro.constant
    return slot < 10 ? varies : this.#known.get(slot)
  }

  #keep(rule: CompiledRule, position: number): void {
    this.#steps.push({ kind: 'rule', position, rule })
    for (let link: Link | null = rule.link; link !== null; link = link.next)
      for (const set of link.sets) this.#forget(set)
    if (rule.jump > 0) this.#maybeUntil = Math.max(this.#maybeUntil, rule.jump)
  }

  /** A name made at run time may be any that begins with the text before its first reference. */
  #forget(set: CompiledSet): void {
    if (set.collection !== 'TX') return
    if (set.slot >= 0) {
      this.#known.set(set.slot, varies)
      return
    }
    const prefix = set.name.source.slice(0, Math.max(0, set.name.source.indexOf('%{'))).toLowerCase()
    for (const [slot, name] of this.#slots.names.entries())
      if (name.startsWith(prefix)) this.#known.set(slot, varies)
  }

  #outcome(link: Link): Outcome {
    let sure = true
    for (let current: Link | null = link; current !== null; current = current.next) {
      const outcome = this.#linkOutcome(current)
      if (outcome === 'no') return sure || current === link ? 'no' : 'unknown'
      if (outcome === 'unknown') sure = false
      // Links before may already have set something when a later one fails.
      if (current.next !== null && current.sets.length > 0) sure = false
      if (!sure) return 'unknown'
    }
    return 'yes'
  }

  #linkOutcome(link: Link): Outcome {
    if (link.isAction) return 'yes'
    if (link.targets.length === 0) return 'no'
    const [target] = link.targets
    if (target === undefined || link.targets.length > 1 || link.multiMatch || link.capture) return 'unknown'
    const value = this.#targetValue(target)
    if (value === varies) return 'unknown'
    if (value === undefined) return 'no'
    const { operator } = link
    if (operator.kind === 'always') return 'yes'
    if (operator.kind === 'matcher') {
      return operator.matcher.match(applyChain(link.chain, String(value)), null) !== operator.negated
        ? 'yes'
        : 'no'
    }
    if (operator.kind !== 'compare') return 'unknown'
    const bound =
      operator.bound.macro === null ? operator.bound.constant : this.#boundValue(operator.bound.slot)
    if (bound === varies) return 'unknown'
    const number =
      link.chain.depth === 0 ? toNumber(value) : leadingNumber(applyChain(link.chain, String(value)))
    return compare(operator.comparison, number, bound) ? 'yes' : 'no'
  }

  #boundValue(slot: number): number | typeof varies {
    const value = slot < 10 ? varies : this.#known.get(slot)
    return value === varies ? varies : toNumber(value)
  }

  #targetValue(target: Target): TxValue | typeof varies {
    if (target.kind === 'tx-slot') return target.slot < 10 ? varies : this.#known.get(target.slot)
    if (target.kind !== 'count' || target.of.kind !== 'tx-slot') return varies
    const value = this.#targetValue(target.of)
    return value === varies ? varies : value === undefined ? 0 : 1
  }
}

function toNumber(value: TxValue): number {
  if (typeof value === 'number') return value
  return value === undefined ? 0 : leadingNumber(value)
}

/** Result of a comparison operator. */
export function compare(
  comparison: 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge',
  value: number,
  bound: number,
): boolean {
  switch (comparison) {
    case 'eq':
      return value === bound
    case 'ne':
      return value !== bound
    case 'lt':
      return value < bound
    case 'le':
      return value <= bound
    case 'gt':
      return value > bound
    case 'ge':
      return value >= bound
  }
}
