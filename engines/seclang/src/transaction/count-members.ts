import type { Target } from '../compile/compiled-rule-set.ts'
import { passesFilter } from './passes-filter.ts'
import type { Transaction } from './transaction.ts'

/** Value of `&TARGET`: how many members it has. */
export function countMembers(tx: Transaction, target: Target): number {
  switch (target.kind) {
    case 'list':
      return countList(tx, target)
    case 'tx-slot':
      return tx.tx.slots[target.slot] === undefined ? 0 : 1
    case 'map':
      return countMap(tx, target)
    case 'scalar':
      return target.source.read(tx) === undefined ? 0 : 1
    case 'xml':
      return tx.xml === null ? 0 : tx.xmlValues(target.path, target.xpath).length
    case 'rule':
      return 1
    case 'count':
      return countMembers(tx, target.of)
  }
}

function countList(tx: Transaction, target: Target & { kind: 'list' }): number {
  let count = 0
  if (target.headerSlot >= 0) {
    for (let row = tx.headerFirst[target.headerSlot] ?? -1; row >= 0; row = tx.headerNext[row] ?? -1) count++
    return count
  }
  for (const { access } of target.lists) {
    const names = access.names(tx)
    if (target.filter.kind === 'all' && target.exclusions.length === 0) count += names.length
    else for (const name of names) if (isMember(tx, target, name)) count++
  }
  return count
}

function countMap(tx: Transaction, target: Target & { kind: 'map' }): number {
  if (target.filter.kind === 'key') return target.source.get(tx, target.filter.key) === undefined ? 0 : 1
  let count = 0
  for (const [name] of target.source.entries(tx)) if (isMember(tx, target, name)) count++
  return count
}

function isMember(tx: Transaction, target: Target & { kind: 'list' | 'map' }, name: string): boolean {
  return (
    passesFilter(target.filter, name, tx) &&
    !target.exclusions.some((exclusion) => passesFilter(exclusion.filter, name, tx))
  )
}
