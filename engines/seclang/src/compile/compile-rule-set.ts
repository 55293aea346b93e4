import { nearestName } from '../language/nearest-name.ts'
import { parseRuleSet } from '../language/parse-rule-set.ts'
import type { RuleText } from '../language/parse-rule-set.ts'
import type { RuleActions } from '../language/rule-actions.ts'
import type { RuleFiles } from '../language/rule-files.ts'
import type { ParsedRule, RuleSetSource, SeclangWarning } from '../language/rule-set-source.ts'
import { FaultSignal, maxFaults, SeclangError } from '../language/seclang-error.ts'
import type { SeclangFault } from '../language/seclang-error.ts'
import type { OperatorContext } from '../operators/operator.ts'
import { buildPrefilterPlan } from '../prefilter/build-plan.ts'
import { exactTriggerOf } from '../prefilter/byte-trigger.ts'
import { transformations } from '../transformations/registry.ts'
import type { Transformation } from '../transformations/transformation.ts'
import { createChainTrie } from './chain-trie.ts'
import { compileEffect, compileLate, compileSet } from './compile-actions.ts'
import { createRegister } from './compile-context.ts'
import type { CompileContext } from './compile-context.ts'
import { compileOperator, neverOperator, OperatorFault } from './compile-operator.ts'
import { compileTargets } from './compile-target.ts'
import { CompileCache } from './compile-cache.ts'
import type {
  CompiledRule,
  CompiledRuleSet,
  Dialect,
  Link,
  LinkOperator,
  PhaseProgram,
} from './compiled-rule-set.ts'
import { compileMacro } from './expand-macro.ts'
import { foldPhases } from './fold-phases.ts'
import { createTxSlots } from './tx-slots.ts'

/** How a rule set is read and compiled. */
export interface CompileOptions {
  /** Default `crs`. */
  readonly dialect?: Dialect
  readonly files: RuleFiles
  /** false leaves the literal prefilter and the folding of constant rules out: slower, for comparison. */
  readonly prefilter?: boolean
  /** Shared with other rule sets of the same files. */
  readonly cache?: CompileCache
  /**
   * Rules of which files may be left out, each with a warning, when they need what no request can wait for or what no
   * linear time allows (a GeoIP database, a DNS query, lookaround): of published rule sets. Default: none, and such a
   * rule refuses the set.
   */
  readonly leaveOut?: (file: string) => boolean
}

/**
 * Reads and compiles a rule set, as a whole or not at all: throws SeclangError with every fault found.
 * Pure: files are read through `options.files`.
 */
export function compileRuleSet(texts: readonly RuleText[], options: CompileOptions): CompiledRuleSet {
  return compileParsed(parseRuleSet(texts, options.files), options)
}

/** Compiles a rule set that was read already. */
export function compileParsed(source: RuleSetSource, options: CompileOptions): CompiledRuleSet {
  const dialect = options.dialect ?? 'crs'
  const cache = options.cache ?? new CompileCache()
  const columns = createRegister()
  const headers = createRegister()
  const context: CompileContext = {
    dialect,
    slots: createTxSlots(),
    chains: createChainTrie(),
    columnOf: columns.numberOf,
    headerSlotOf: headers.numberOf,
  }
  const parsed = source.items.flatMap((item) => (item.kind === 'rule' ? [item.rule] : []))
  const compiler = new RuleCompiler(source, { context, options, parsed, cache })
  const rules = compiler.compileAll()
  const phases = [0, 1, 2, 3, 4, 5].map((phase) => phaseProgram(phase, rules, source))
  const folded = options.prefilter === false ? null : foldPhases(phases, context.slots)
  const prefilter = folded === null ? null : buildPrefilterPlan(rules, folded.phases, cache)
  cache.forgetNeeds()
  return {
    settings: source.settings,
    dialect,
    rules,
    phases,
    folded,
    slots: context.slots,
    txTemplate: new Array<undefined>(context.slots.names.length).fill(undefined),
    headerSlots: headers.numbers,
    columnCount: columns.numbers.size,
    prefilter,
    warnings: [...source.warnings, ...compiler.warnings],
  }
}

interface CompilerInput {
  readonly context: CompileContext
  readonly options: CompileOptions
  readonly parsed: readonly ParsedRule[]
  readonly cache: CompileCache
}

class RuleCompiler {
  readonly #source: RuleSetSource
  readonly #input: CompilerInput
  readonly #faults: SeclangFault[] = []
  readonly warnings: SeclangWarning[] = []
  readonly #ids = new Set<number>()
  /** One per rule file. */
  readonly #contexts = new Map<string, OperatorContext>()

  constructor(source: RuleSetSource, input: CompilerInput) {
    this.#source = source
    this.#input = input
  }

  compileAll(): CompiledRule[] {
    const rules: CompiledRule[] = []
    for (const [index, rule] of this.#input.parsed.entries()) {
      const compiled = this.#guarded(rule, () => this.#compileRule(rule, index))
      if (compiled !== null) rules.push(compiled)
      if (this.#faults.length >= maxFaults) break
    }
    if (this.#faults.length > 0) throw new SeclangError(this.#faults)
    return rules
  }

  #guarded<T>(rule: ParsedRule, compile: () => T): T | null {
    try {
      return compile()
    } catch (error) {
      const known = error instanceof FaultSignal || error instanceof OperatorFault
      if (!known) throw error
      this.#faults.push({
        code: error.code,
        message: error.message,
        at: (error instanceof OperatorFault ? rule.operator?.at : undefined) ?? rule.at,
        token: error.token,
        nearest: error.nearest,
      })
      return null
    }
  }

  #compileRule(rule: ParsedRule, index: number): CompiledRule | null {
    const { actions } = rule
    const { context } = this.#input
    const id = actions.id ?? 0
    if (id !== 0 && this.#ids.has(id)) {
      throw new FaultSignal('WAF_RULE_DUPLICATE_ID', 'rule id is used twice', {
        offset: 0,
        token: String(id),
      })
    }
    this.#ids.add(id)
    const phase = actions.phase ?? 2
    const defaults = this.#source.defaults.get(phase)
    const link = this.#compileLinks([rule, ...rule.links], phase)
    if (link === null) return null
    const log = actions.log ?? defaults?.log ?? true
    return {
      index,
      id,
      phase,
      link,
      effect: compileEffect({ ...actions, status: lastStatus(rule) }, defaults, context),
      log,
      auditLog: actions.auditLog ?? (actions.log === null ? (defaults?.auditLog ?? log) : log),
      tags: actions.tags.map((tag) => compileMacro(tag, context.slots)),
      severity:
        actions.severity ??
        rule.links.find((other) => other.actions.severity !== null)?.actions.severity ??
        null,
      rev: actions.rev ?? '',
      ver: actions.ver ?? '',
      maturity: actions.maturity ?? '',
      accuracy: actions.accuracy ?? '',
      gate: -1,
      jump: 0,
      skip: actions.skip,
      skipAfter:
        actions.skipAfter ??
        rule.links.find((other) => other.actions.skipAfter !== null)?.actions.skipAfter ??
        null,
      at: rule.at,
      text: rule.text,
    }
  }

  #compileLinks(rules: readonly ParsedRule[], phase: number): Link | null {
    let next: Link | null = null
    for (let index = rules.length - 1; index >= 0; index--) {
      const rule = rules[index]
      if (rule === undefined) continue
      const following: Link | null = next
      next = this.#guarded(rule, () =>
        this.#compileLink(rule, { phase, next: following, starter: rules[0] ?? rule }),
      )
      if (next === null) return null
    }
    return next
  }

  #compileLink(rule: ParsedRule, place: { phase: number; next: Link | null; starter: ParsedRule }): Link {
    const { context } = this.#input
    const { slots } = context
    const { actions } = rule
    const defaults = this.#source.defaults.get(place.phase)
    const chain = [...defaultTransformations(actions, defaults), ...actions.transformations].map(
      knownTransformation,
    )
    return {
      targets: compileTargets(rule.targets, actions.xmlNamespaces, context),
      isAction: rule.operator === null,
      operator: this.#compileOperator(rule, place.starter),
      operatorName: rule.operator?.name ?? '',
      operatorParam: rule.operator?.param ?? '',
      chain: context.chains.claim(chain),
      multiMatch: actions.multiMatch,
      capture: actions.capture,
      sets: actions.setVariables.map((set) => compileSet(set, slots)),
      severity: actions.severity,
      msg: actions.msg === null ? null : compileMacro(actions.msg, slots),
      logData: actions.logData === null ? null : compileMacro(actions.logData, slots),
      late: compileLate(actions, slots, this.#input.parsed),
      next: place.next,
      bit: -1,
      words: 0,
      triggers: chain.reduce((flags, step) => flags | exactTriggerOf(step.name), 0),
      isStarter: rule === place.starter,
    }
  }

  #compileOperator(rule: ParsedRule, starter: ParsedRule): LinkOperator {
    const { context, cache, options } = this.#input
    try {
      return compileOperator(rule.operator, this.#operatorContext(rule), { slots: context.slots, cache })
    } catch (error) {
      const mayGo = error instanceof OperatorFault && error.code === 'WAF_RULE_UNSUPPORTED'
      if (!mayGo || options.leaveOut?.(rule.at.file) !== true) throw error
      const message = `rule ${starter.actions.id ?? '?'} is left out: ${error.message}`
      this.warnings.push({ kind: 'left-out', at: rule.operator?.at ?? rule.at, message })
      return neverOperator
    }
  }

  #operatorContext(rule: ParsedRule): OperatorContext {
    const known = this.#contexts.get(rule.at.file)
    if (known !== undefined) return known
    const { files } = this.#input.options
    const context: OperatorContext = {
      regex: {
        multiline: this.#input.context.dialect === 'libmodsecurity3',
        cache: this.#input.cache.automata,
      },
      readDataFile: (path, from) => {
        const [found] = files.resolve(path, from)
        if (found === undefined) throw new Error(`${path}: no such file`)
        return files.read(found)
      },
      from: rule.at.file,
    }
    this.#contexts.set(rule.at.file, context)
    return context
  }
}

/** A link may give another status than its starter. */
function lastStatus(rule: ParsedRule): number | null {
  return rule.links.findLast((link) => link.actions.status !== null)?.actions.status ?? rule.actions.status
}

function defaultTransformations(actions: RuleActions, defaults: RuleActions | undefined): readonly string[] {
  return actions.clearsTransformations ? [] : (defaults?.transformations ?? [])
}

function knownTransformation(name: string): Transformation {
  const found = transformations.get(name.toLowerCase())
  if (found !== undefined) return found
  throw new FaultSignal('WAF_RULE_UNKNOWN_TRANSFORMATION', 'unknown transformation', {
    offset: 0,
    token: name,
    nearest: nearestName(name, transformations.keys()),
  })
}

/** Rules of one phase, with `skip` and `skipAfter` turned into positions. */
function phaseProgram(phase: number, rules: readonly CompiledRule[], source: RuleSetSource): PhaseProgram {
  const own = rules.filter((rule) => rule.phase === phase)
  const positions = new Map(own.map((rule, position) => [rule.id, position]))
  const markers = markerPositions(phase, source)
  for (const [position, rule] of own.entries()) {
    if (rule.skip > 0) rule.jump = Math.min(own.length, position + 1 + rule.skip)
    if (rule.skipAfter === null) continue
    const after = (markers.get(rule.skipAfter) ?? []).find((place) => place > position)
    const target = positions.get(Number(rule.skipAfter))
    rule.jump = after ?? (target === undefined ? own.length : target + 1)
  }
  return { phase, rules: own }
}

/** For each marker, how many rules of the phase stand before it. */
function markerPositions(phase: number, source: RuleSetSource): Map<string, number[]> {
  const markers = new Map<string, number[]>()
  let count = 0
  for (const item of source.items) {
    if (item.kind === 'rule') {
      if ((item.rule.actions.phase ?? 2) === phase) count++
    } else markers.set(item.name, [...(markers.get(item.name) ?? []), count])
  }
  return markers
}
