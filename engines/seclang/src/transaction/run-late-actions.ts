import type { CompiledControl, CompiledRule, LateActions } from '../compile/compiled-rule-set.ts'
import { collectionKey } from '../compile/host-sources.ts'
import type { Selector } from '../language/variable-list.ts'
import type { MemberFilter } from '../compile/compiled-rule-set.ts'
import { compileSelectorPattern } from '../compile/pattern.ts'
import type { Transaction } from './transaction.ts'

/** Opens the collections of a link that matched; before its variables are set, which may live there. */
export function openCollections(tx: Transaction, rule: CompiledRule, late: LateActions): void {
  for (const { collection, key } of late.initCollections) openCollection(tx, collection, key.expand(tx, rule))
}

/** Runs the actions of a link whose chain matched: `ctl`, `expirevar`, `setenv`. */
export function runLateActions(tx: Transaction, rule: CompiledRule, late: LateActions): void {
  for (const expire of late.expireVariables) expireVariable(tx, rule, expire)
  for (const { name, value } of late.environment) {
    tx.environment ??= new Map(tx.surroundings.environment)
    tx.environment.set(name, value.expand(tx, rule))
    tx.surroundings.tracer?.({
      kind: 'action',
      name: 'setenv',
      detail: `${name} to ${tx.environment.get(name) ?? ''}`,
    })
  }
  for (const control of late.controls) runControl(tx, control)
}

function openCollection(tx: Transaction, collection: string, key: string): void {
  switch (collection) {
    case 'IP':
      tx.ipKey = key
      return
    case 'GLOBAL':
      tx.globalKey = key
      return
    case 'SESSION':
      tx.sessionId = key
      return
    case 'USER':
      tx.userId = key
      return
    default:
      tx.resourceId = key
  }
}

function expireVariable(
  tx: Transaction,
  rule: CompiledRule,
  { collection, name, seconds }: LateActions['expireVariables'][number],
): void {
  // TX ends with the transaction anyway.
  if (collection === 'TX') return
  const key = collectionKey(tx, collection)
  const { store } = tx.surroundings
  const variable = name.expand(tx, rule).toLowerCase()
  const stored = key === null ? undefined : store.get(collection, key, variable)
  if (key === null || stored === undefined) return
  const lifeMs = Math.max(0, Number.parseInt(seconds.expand(tx, rule), 10) || 0) * 1000
  store.set(collection, key, variable, {
    value: stored.value,
    expiresAtMs: tx.connection.startedAtMs + lifeMs,
  })
}

function runControl(tx: Transaction, { control, rules }: CompiledControl): void {
  tx.surroundings.tracer?.({ kind: 'action', name: 'ctl', detail: control.kind })
  switch (control.kind) {
    case 'rule-engine':
      tx.engine = control.mode
      return
    case 'audit-engine':
      tx.auditEngine = control.mode
      return
    case 'audit-log-parts':
      tx.auditLogParts = changedParts(tx.auditLogParts, control.change)
      return
    case 'request-body-access':
      tx.requestBodyAccess = control.on
      return
    case 'response-body-access':
      tx.responseBodyAccess = control.on
      return
    case 'force-request-body-variable':
      tx.forceRequestBody = control.on
      return
    case 'request-body-limit':
      tx.requestBodyLimit = control.bytes
      return
    case 'response-body-limit':
      tx.responseBodyLimit = control.bytes
      return
    case 'request-body-processor':
      tx.bodyProcessor = control.processor
      return
    case 'remove-by-id':
    case 'remove-by-tag':
    case 'remove-by-msg':
      if (rules !== null) removeRules(tx, rules)
      return
    case 'remove-target-by-id':
    case 'remove-target-by-tag':
    case 'remove-target-by-msg':
      if (rules === null) return
      tx.targetRemovals ??= []
      tx.targetRemovals.push({ rules, name: control.target.name, filter: filterOf(control.target.selector) })
      return
    case 'debug-log-level':
  }
}

function removeRules(tx: Transaction, rules: Uint8Array): void {
  if (!tx.isUnfolded) {
    for (const index of tx.ruleSet.folded?.reliedOn ?? []) {
      if (rules[index] !== 1) continue
      tx.isUnfolded = true
      break
    }
  }
  if (tx.removedRules === null) {
    tx.removedRules = rules.slice()
    return
  }
  for (let index = 0; index < rules.length; index++) if (rules[index] === 1) tx.removedRules[index] = 1
}

function changedParts(parts: string, change: string): string {
  const letters = change.slice(1).toUpperCase()
  if (change.startsWith('+')) return parts + [...letters].filter((letter) => !parts.includes(letter)).join('')
  if (change.startsWith('-')) return [...parts].filter((letter) => !letters.includes(letter)).join('')
  return change.toUpperCase()
}

const filters = new WeakMap<Selector, MemberFilter>()

function filterOf(selector: Selector): MemberFilter {
  const known = filters.get(selector)
  if (known !== undefined) return known
  const filter: MemberFilter =
    selector.kind === 'regex'
      ? { kind: 'regex', test: compileSelectorPattern(selector.pattern) }
      : selector.kind === 'key'
        ? { kind: 'key', key: selector.key, written: selector.written }
        : { kind: 'all' }
  filters.set(selector, filter)
  return filter
}
