import type { Verdict } from '@sevenfold/event'

import type { CompiledRule, FoldedStep } from '../compile/compiled-rule-set.ts'
import { evaluateRule } from './evaluate-rule.ts'
import { readRequestBody } from './read-body.ts'
import { setVariable } from './set-variable.ts'
import type { Transaction } from './transaction.ts'

/** State of a phase that may be left and resumed between two values. */
export interface PhaseRun {
  readonly phase: number
  position: number
  /** Whether the body has to be read first; whether the phase was begun, and its values scanned. */
  stage?: 'unread' | 'begun' | 'scanned'
}

/** How a stretch of rules ended. */
export type PhaseEnd = 'done' | 'interrupted' | 'yield' | 'exhausted'

/** Step counts at which a stretch ends. */
export interface StepLimits {
  readonly slice: number
  readonly total: number
}

/** Runs the rules of a phase from where they were left. Hot: bench/waf measures it. */
export function runPhase(tx: Transaction, run: PhaseRun, limits: StepLimits): PhaseEnd {
  const { tracer } = tx.surroundings
  tx.sliceEnd = Math.min(limits.slice, limits.total)
  if (run.stage === 'unread') {
    if (!readRequestBody(tx)) return pauseOf(tx, limits)
    delete run.stage
    if (tx.steps > tx.sliceEnd) return pauseOf(tx, limits)
  }
  if (run.stage === undefined) {
    run.stage = 'begun'
    tracer?.({ kind: 'phase', phase: run.phase })
    // What was found for phase 1 still holds in phase 2, and what was found for phase 3 in phase 4.
    if (run.phase !== 2 && run.phase !== 4) tx.candidates = null
  }
  if (run.stage === 'begun') {
    const { prefilter } = tx.ruleSet
    if (tracer === null && prefilter !== null && !prefilter.scanPhase(tx, run.phase))
      return pauseOf(tx, limits)
    run.stage = 'scanned'
  }
  const folded = tracer === null && !tx.isUnfolded ? tx.ruleSet.folded?.phases[run.phase] : undefined
  const end = folded === undefined ? runRules(tx, run, limits) : runFolded(tx, run, { limits, steps: folded })
  if (end === 'done' && tx.allow === 'phase') tx.allow = 'none'
  return end
}

function runFolded(
  tx: Transaction,
  run: PhaseRun,
  { limits, steps }: { limits: StepLimits; steps: readonly FoldedStep[] },
): PhaseEnd {
  for (const step of steps) {
    if (step.position < run.position || tx.engine === 'off' || isAllowed(tx, run.phase)) continue
    if (step.kind !== 'rule') {
      if (step.kind === 'set') setVariable(tx, step.rule, step.set)
      else for (let at = 0; at < step.slots.length; at++) tx.tx.slots[step.slots[at] ?? 0] = step.values[at]
      continue
    }
    const { rule } = step
    const { candidates } = tx
    if (candidates !== null && rule.gate >= 0 && !hasBit(candidates, rule.gate)) continue
    if (tx.removedRules !== null && tx.removedRules[rule.index] === 1) continue
    run.position = step.position + 1
    const matched = evaluateRule(tx, rule)
    if (tx.paused !== null) {
      run.position = step.position
      return pauseOf(tx, limits)
    }
    if (matched) {
      if (finishRule(tx, rule, run)) return 'interrupted'
      // From here on the transaction is not what the phase was folded for.
      if (tx.isUnfolded) return runRules(tx, run, limits)
    }
    if (tx.steps > limits.total) return 'exhausted'
    if (tx.steps > limits.slice) return 'yield'
  }
  return 'done'
}

function runRules(tx: Transaction, run: PhaseRun, limits: StepLimits): PhaseEnd {
  const { rules } = tx.ruleSet.phases[run.phase] ?? { rules: [] }
  const { tracer } = tx.surroundings
  while (run.position < rules.length) {
    const rule = rules[run.position]
    run.position++
    if (rule === undefined || tx.engine === 'off' || isAllowed(tx, run.phase)) continue
    if (tx.removedRules !== null && tx.removedRules[rule.index] === 1) {
      tracer?.({ kind: 'skipped', id: rule.id, reason: 'removed by ctl' })
      continue
    }
    const { candidates } = tx
    if (candidates !== null && rule.gate >= 0 && !hasBit(candidates, rule.gate)) continue
    tracer?.({
      kind: 'rule',
      id: rule.id,
      operator: rule.link.operatorName,
      param: rule.link.operatorParam,
      targets: '',
    })
    const matched = evaluateRule(tx, rule)
    if (tx.paused !== null) {
      run.position--
      return pauseOf(tx, limits)
    }
    tracer?.({ kind: 'result', id: rule.id, matched })
    if (matched && finishRule(tx, rule, run)) return 'interrupted'
    if (tx.steps > limits.total) return 'exhausted'
    if (tx.steps > limits.slice) return 'yield'
  }
  return 'done'
}

function pauseOf(tx: Transaction, limits: StepLimits): PhaseEnd {
  return tx.steps > limits.total ? 'exhausted' : 'yield'
}

function hasBit(set: Uint32Array, bit: number): boolean {
  return (((set[bit >> 5] ?? 0) >>> (bit & 31)) & 1) === 1
}

function isAllowed(tx: Transaction, phase: number): boolean {
  switch (tx.allow) {
    case 'none':
      return false
    case 'phase':
      return true
    case 'request':
      return phase <= 2
    case 'all':
      return phase <= 4
  }
}

/** Applies what a matched rule does; true when the transaction is interrupted. */
function finishRule(tx: Transaction, rule: CompiledRule, run: PhaseRun): boolean {
  if (rule.jump > 0) run.position = rule.jump
  const { effect } = rule
  if (effect.kind === 'pass') return false
  // Logging cannot be interrupted any more.
  if (run.phase === 5) return false
  tx.surroundings.tracer?.({ kind: 'action', name: effect.kind, detail: '' })
  if (effect.kind === 'allow') {
    tx.allow = effect.scope
    return false
  }
  if (tx.interruption === null) {
    tx.interruption = verdictOf(tx, rule)
    tx.interruptedBy = String(rule.id)
  }
  return tx.engine === 'on'
}

function verdictOf(tx: Transaction, rule: CompiledRule): Verdict {
  const { effect } = rule
  switch (effect.kind) {
    case 'redirect':
      return { kind: 'redirect', status: effect.status, location: effect.location.expand(tx, rule) }
    case 'deny':
      return { kind: 'deny', status: effect.status }
    default:
      return { kind: 'drop' }
  }
}
