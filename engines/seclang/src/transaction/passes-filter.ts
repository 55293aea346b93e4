import type { MemberFilter } from '../compile/compiled-rule-set.ts'
import type { Transaction } from './transaction.ts'

/** True when a member's name fits a filter. */
export function passesFilter(filter: MemberFilter, name: string, tx: Transaction): boolean {
  switch (filter.kind) {
    case 'all':
      return true
    case 'key':
      return name.length === filter.key.length && (name === filter.key || name.toLowerCase() === filter.key)
    case 'regex':
      return filter.test(name)
    case 'macro':
      return name.toLowerCase() === filter.macro.expand(tx, null).toLowerCase()
  }
}
