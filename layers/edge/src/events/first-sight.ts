/** Addresses of one generation; two generations are remembered. */
export const firstSightSize = 50_000

/** Remembers which source addresses were seen lately, in bounded memory. */
export class FirstSight {
  private young = new Set<string>()
  private old = new Set<string>()

  /** True the first time that an address comes, or when it was forgotten since. */
  isFirst(address: string): boolean {
    if (this.young.has(address)) return false
    const known = this.old.has(address)
    if (this.young.size >= firstSightSize) {
      this.old = this.young
      this.young = new Set()
    }
    this.young.add(address)
    return !known
  }
}
