import { ruleSelector } from '../language/rule-updates.ts'
import type { Control, RuleActions, SetVariable } from '../language/rule-actions.ts'
import type { ParsedRule } from '../language/rule-set-source.ts'
import type { CompiledControl, CompiledSet, Dialect, Effect, LateActions } from './compiled-rule-set.ts'
import { leadingNumber } from './compile-operator.ts'
import { compileMacro, soleTxSlot } from './expand-macro.ts'
import type { TxSlots } from './tx-slots.ts'

/** Compiles one `setvar`. */
export function compileSet(set: SetVariable, slots: TxSlots): CompiledSet {
  const name = compileMacro(set.name, slots)
  const value = compileMacro(set.value, slots)
  return {
    collection: set.collection,
    slot: set.collection === 'TX' && name.constant !== null ? slots.claim(name.constant.toLowerCase()) : -1,
    name,
    operation: set.operation,
    valueSlot: soleTxSlot(set.value, slots),
    value,
    constant: value.constant !== null,
    constantNumber: value.constant === null ? 0 : leadingNumber(value.constant),
  }
}

/** Compiles the actions that wait for the rest of the chain; null when there are none. */
export function compileLate(
  actions: RuleActions,
  slots: TxSlots,
  rules: readonly ParsedRule[],
): LateActions | null {
  const { controls, initCollections, expireVariables, setEnvironment } = actions
  if (controls.length + initCollections.length + expireVariables.length + setEnvironment.length === 0)
    return null
  return {
    controls: controls.map((control): CompiledControl => ({ control, rules: selectedRules(control, rules) })),
    initCollections: initCollections.map(({ collection, key }) => ({
      collection,
      key: compileMacro(key, slots),
    })),
    expireVariables: expireVariables.map(({ collection, name, seconds }) => ({
      collection,
      name: compileMacro(name, slots),
      seconds: compileMacro(seconds, slots),
    })),
    environment: setEnvironment.map(({ name, value }) => ({ name, value: compileMacro(value, slots) })),
  }
}

function selectedRules(control: Control, rules: readonly ParsedRule[]): Uint8Array | null {
  switch (control.kind) {
    case 'remove-by-id':
    case 'remove-target-by-id':
      return marks(rules, ruleSelector({ kind: 'id', ranges: control.ranges }))
    case 'remove-by-tag':
    case 'remove-target-by-tag':
      return marks(rules, ruleSelector({ kind: 'tag', pattern: control.pattern }))
    case 'remove-by-msg':
    case 'remove-target-by-msg':
      return marks(rules, ruleSelector({ kind: 'msg', pattern: control.pattern }))
    default:
      return null
  }
}

function marks(rules: readonly ParsedRule[], isMeant: (rule: ParsedRule) => boolean): Uint8Array {
  return Uint8Array.from(rules, (rule) => (isMeant(rule) ? 1 : 0))
}

/** Status of `deny` when no rule and no default names one. */
export const defaultDenyStatus = 403
const defaultRedirectStatus = 302

/** What a rule does when it matches: its own action, `block` and missing ones taken from the phase's defaults. */
export function compileEffect(
  actions: RuleActions,
  defaults: RuleActions | undefined,
  { dialect, slots }: { readonly dialect: Dialect; readonly slots: TxSlots },
): Effect {
  const inherits = actions.disruptive === null && dialect === 'crs'
  const isBlock = actions.disruptive?.kind === 'block'
  const disruptive = isBlock || inherits ? (defaults?.disruptive ?? null) : actions.disruptive
  const status = actions.status ?? defaults?.status ?? null
  switch (disruptive?.kind) {
    case 'deny':
      return { kind: 'deny', status: status ?? defaultDenyStatus }
    case 'drop':
      return { kind: 'drop' }
    case 'allow':
      return { kind: 'allow', scope: disruptive.scope }
    case 'redirect':
      return {
        kind: 'redirect',
        status: status !== null && status >= 300 && status < 400 ? status : defaultRedirectStatus,
        location: compileMacro(disruptive.location, slots),
      }
    default:
      return { kind: 'pass' }
  }
}
