/** Numbers of the TX variables that rules name; 0 to 9 are the captures. */
export interface TxSlots {
  readonly names: readonly string[]
  /** Slot of a lower-case name, or undefined when no rule names it in plain text. */
  slotOf(name: string): number | undefined
  /** Slot of a name that is met while compiling; made when new. */
  claim(name: string): number
}

/** Slots with the captures in place. */
export function createTxSlots(): TxSlots {
  const names = Array.from({ length: 10 }, (_, index) => String(index))
  const numbers = new Map(names.map((name, index) => [name, index]))
  return {
    names,
    slotOf: (name) => numbers.get(name),
    claim(name) {
      const known = numbers.get(name)
      if (known !== undefined) return known
      numbers.set(name, names.length)
      return names.push(name) - 1
    },
  }
}
