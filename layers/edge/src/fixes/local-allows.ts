import type { BanEntry } from '../ban/ban-table.ts'
import type { BookChange } from '../primary/decision-book.ts'
import type { AllowFix } from './fix.ts'

const scenario = 'lifted by hand'
const origin = 'fix'

function entryOf({ value, until }: AllowFix): BanEntry {
  return { value, kind: 'allow', until: Date.parse(until) / 1000, decision: 0, scenario, origin }
}

/**
 * Addresses whose bans do not count on this edge. They lie over the decisions of the issuer: what the stream says of
 * such an address is kept in the book, and holds again when the allowance ends.
 */
export class LocalAllows {
  private byValue: ReadonlyMap<string, BanEntry> = new Map()

  /** Replaces all; `entries` are those of the book now. Gives what changes for the workers. */
  use(fixes: readonly AllowFix[], entries: () => readonly BanEntry[]): BookChange {
    const before = this.byValue
    const next = new Map<string, BanEntry>()
    for (const fix of fixes) {
      const entry = entryOf(fix)
      const known = next.get(entry.value)
      if (known === undefined || known.until < entry.until) next.set(entry.value, entry)
    }
    this.byValue = next
    const gone = new Set([...before.keys()].filter((value) => !next.has(value)))
    const again = gone.size === 0 ? [] : entries().filter(({ value }) => gone.has(value))
    for (const { value } of again) gone.delete(value)
    return { reset: false, set: [...next.values(), ...again], unset: [...gone] }
  }

  /** A change of the book as the workers may see it. */
  over(change: BookChange): BookChange {
    if (this.byValue.size === 0) return change
    const isFree = (value: string): boolean => !this.byValue.has(value)
    const set = change.set.filter(({ value }) => isFree(value))
    return {
      reset: change.reset,
      set: change.reset ? [...set, ...this.byValue.values()] : set,
      unset: change.unset.filter(isFree),
    }
  }
}
