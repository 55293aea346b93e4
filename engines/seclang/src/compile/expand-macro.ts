import type { Macro, MacroReference } from '../language/macro.ts'
import type { CompiledRule } from './compiled-rule-set.ts'
import type { Transaction } from '../transaction/transaction.ts'
import { ruleAttribute } from './rule-attribute.ts'
import type { TxSlots } from './tx-slots.ts'
import { valueSourceOf } from './value-sources.ts'

/** A text with references, compiled; constant texts cost nothing. */
export interface ExpandedMacro {
  readonly source: string
  /** The text when it has no references, else null. */
  readonly constant: string | null
  readonly expand: (tx: Transaction, rule: CompiledRule | null) => string
}

type Reader = (tx: Transaction, rule: CompiledRule | null) => string

/** Longest text that a macro expands to; the rest is cut. */
export const maxExpandedLength = 65_536

/** Compiles a macro; TX names in it get slots. */
export function compileMacro(macro: Macro, slots: TxSlots): ExpandedMacro {
  if (macro.parts.every((part) => typeof part === 'string')) {
    const constant = macro.parts.join('')
    return { source: macro.source, constant, expand: () => constant }
  }
  const readers = macro.parts.map((part) =>
    typeof part === 'string' ? () => part : compileReference(part, slots),
  )
  const [only] = readers
  if (readers.length === 1 && only !== undefined)
    return { source: macro.source, constant: null, expand: only }
  return {
    source: macro.source,
    constant: null,
    expand: (tx, rule) => {
      let text = ''
      for (const reader of readers) text += reader(tx, rule)
      return text.length > maxExpandedLength ? text.slice(0, maxExpandedLength) : text
    },
  }
}

/** TX slot that a macro reads and nothing else, or -1. */
export function soleTxSlot(macro: Macro, slots: TxSlots): number {
  const [part] = macro.parts
  if (macro.parts.length !== 1 || part === undefined || typeof part === 'string') return -1
  return part.name === 'TX' && part.key !== null ? slots.claim(part.key) : -1
}

function compileReference({ name, key }: MacroReference, slots: TxSlots): Reader {
  if (name === 'RULE') return (tx, rule) => (rule === null ? '' : ruleAttribute(tx, rule, key ?? ''))
  if (name === 'XML') return () => ''
  if (name === 'TX' && key !== null) {
    const slot = slots.claim(key)
    return (tx) => String(tx.tx.slots[slot] ?? '')
  }
  const source = valueSourceOf(name)
  if (source.kind === 'scalar') return (tx) => String(source.read(tx) ?? '')
  if (source.kind === 'map') return (tx) => (key === null ? '' : String(source.get(tx, key) ?? ''))
  return (tx) => {
    for (const access of source.lists) {
      const names = access.names(tx)
      const at = key === null ? 0 : names.findIndex((member) => member.toLowerCase() === key)
      const value = access.values(tx)[at]
      if (value !== undefined) return value
    }
    return ''
  }
}
