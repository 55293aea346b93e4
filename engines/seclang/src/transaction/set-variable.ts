import { collectionKey } from '../compile/host-sources.ts'
import type { CompiledRule, CompiledSet } from '../compile/compiled-rule-set.ts'
import { leadingNumber } from '../compile/compile-operator.ts'
import type { Transaction } from './transaction.ts'
import type { TxValue } from './tx-variables.ts'

/** Runs one `setvar`. Hot for TX with a constant name: a slot is written without building text. */
export function setVariable(tx: Transaction, rule: CompiledRule, set: CompiledSet): void {
  if (set.slot >= 0) {
    const { slots } = tx.tx
    slots[set.slot] = changed(tx, rule, { set, old: slots[set.slot] })
    trace(tx, set, { name: tx.ruleSet.slots.names[set.slot] ?? '', value: slots[set.slot] })
    return
  }
  const name = set.name.expand(tx, rule).toLowerCase()
  if (set.collection === 'TX') {
    const value = changed(tx, rule, { set, old: tx.tx.get(name) })
    tx.tx.set(name, value)
    trace(tx, set, { name, value })
    return
  }
  setPersistent(tx, rule, { set, name })
}

function changed(
  tx: Transaction,
  rule: CompiledRule,
  { set, old }: { set: CompiledSet; old: TxValue },
): TxValue {
  if (set.operation === 'unset') return undefined
  if (set.operation === 'set')
    return set.valueSlot >= 0 ? (tx.tx.slots[set.valueSlot] ?? '') : set.value.expand(tx, rule)
  const amount = amountOf(tx, rule, set)
  return numberOf(old) + (set.operation === 'add' ? amount : -amount)
}

function amountOf(tx: Transaction, rule: CompiledRule, set: CompiledSet): number {
  if (set.constant) return set.constantNumber
  return set.valueSlot >= 0 ? numberOf(tx.tx.slots[set.valueSlot]) : leadingNumber(set.value.expand(tx, rule))
}

function numberOf(value: TxValue): number {
  if (typeof value === 'number') return value
  return value === undefined ? 0 : leadingNumber(value)
}

function setPersistent(
  tx: Transaction,
  rule: CompiledRule,
  { set, name }: { set: CompiledSet; name: string },
): void {
  if (set.collection === 'TX') return
  const key = collectionKey(tx, set.collection)
  if (key === null) return
  const { store } = tx.surroundings
  const found = store.get(set.collection, key, name)
  const isOver =
    found !== undefined && found.expiresAtMs !== null && found.expiresAtMs <= tx.connection.startedAtMs
  const stored = isOver ? undefined : found
  const value = changed(tx, rule, { set, old: stored?.value })
  trace(tx, set, { name, value })
  if (value === undefined) store.remove(set.collection, key, name)
  else store.set(set.collection, key, name, { value, expiresAtMs: stored?.expiresAtMs ?? defaultExpiry(tx) })
}

function defaultExpiry(tx: Transaction): number {
  return tx.connection.startedAtMs + tx.ruleSet.settings.collectionTimeoutSeconds * 1000
}

function trace(tx: Transaction, set: CompiledSet, { name, value }: { name: string; value: TxValue }): void {
  tx.surroundings.tracer?.({ kind: 'set', variable: `${set.collection}:${name}`, value: String(value ?? '') })
}
