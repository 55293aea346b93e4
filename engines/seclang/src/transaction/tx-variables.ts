import type { TxSlots } from '../compile/tx-slots.ts'

/** Value of a TX variable: numbers stay numbers until text is needed. */
export type TxValue = string | number | undefined

/** Most TX variables with names made at run time. */
export const maxDynamicTx = 4096

/** TX of one transaction: numbered slots for names that rules write down, a map for names made at run time. */
export class TxVariables {
  readonly slots: TxValue[]
  readonly #plan: TxSlots
  #dynamic: Map<string, string | number> | null = null

  constructor(plan: TxSlots, start: readonly TxValue[]) {
    this.#plan = plan
    this.slots = start.slice()
  }

  /** Value by lower-case name. */
  get(name: string): TxValue {
    const slot = this.#plan.slotOf(name)
    return slot === undefined ? this.#dynamic?.get(name) : this.slots[slot]
  }

  /** Sets or (with undefined) removes a value by lower-case name; beyond {@link maxDynamicTx} new names are ignored. */
  set(name: string, value: TxValue): void {
    const slot = this.#plan.slotOf(name)
    if (slot !== undefined) {
      this.slots[slot] = value
      return
    }
    this.#dynamic ??= new Map()
    if (value === undefined) this.#dynamic.delete(name)
    else if (this.#dynamic.size < maxDynamicTx || this.#dynamic.has(name)) this.#dynamic.set(name, value)
  }

  /** Every variable that has a value. */
  *entries(): Generator<readonly [name: string, value: string | number]> {
    for (const [slot, name] of this.#plan.names.entries()) {
      const value = this.slots[slot]
      if (value !== undefined) yield [name, value]
    }
    if (this.#dynamic !== null) yield* this.#dynamic
  }

  /** Variables with a value whose names pass a test; the answer for names that rules write down is remembered. */
  matching(test: (name: string) => boolean): (readonly [name: string, value: string | number])[] {
    const found: (readonly [name: string, value: string | number])[] = []
    for (const slot of slotsPassing(this.#plan, test)) {
      const value = this.slots[slot]
      if (value !== undefined) found.push([this.#plan.names[slot] ?? '', value])
    }
    if (this.#dynamic !== null) for (const entry of this.#dynamic) if (test(entry[0])) found.push(entry)
    return found
  }
}

const passing = new WeakMap<(name: string) => boolean, readonly number[]>()

function slotsPassing(plan: TxSlots, test: (name: string) => boolean): readonly number[] {
  const known = passing.get(test)
  if (known !== undefined) return known
  const slots = plan.names.flatMap((name, slot) => (test(name) ? [slot] : []))
  passing.set(test, slots)
  return slots
}
