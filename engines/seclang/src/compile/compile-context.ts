import type { ChainTrie } from './chain-trie.ts'
import type { Dialect } from './compiled-rule-set.ts'
import type { TxSlots } from './tx-slots.ts'

/** Registers that fill while a rule set is compiled. */
export interface CompileContext {
  readonly dialect: Dialect
  readonly slots: TxSlots
  readonly chains: ChainTrie
  /** Number of a physical list of values. */
  columnOf(name: string): number
  /** Slot of a request header named by a rule (lower case). */
  headerSlotOf(name: string): number
}

/** A register that numbers names in order of first use. */
export function createRegister(): {
  readonly numbers: Map<string, number>
  readonly numberOf: (name: string) => number
} {
  const numbers = new Map<string, number>()
  return {
    numbers,
    numberOf: (name) => {
      const known = numbers.get(name)
      if (known !== undefined) return known
      numbers.set(name, numbers.size)
      return numbers.size - 1
    },
  }
}
