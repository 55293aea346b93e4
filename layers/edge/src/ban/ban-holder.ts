import { BanTable } from './ban-table.ts'
import type { BanHit } from './ban-table.ts'
import type { BanUpdate } from '../worker/worker-message.ts'

/**
 * The worker's copy of the decisions. A reset is built beside the table in force and takes its place when it is
 * complete: no address is unbanned for the time of an update.
 */
export class BanHolder {
  /** Version of the decisions that is complete. */
  version = 0
  private table: BanTable
  private next: BanTable | null = null
  private readonly seed: number
  private generation = 0

  /** @param seed 32 random bits. */
  constructor(seed: number) {
    this.seed = seed
    this.table = new BanTable(seed)
  }

  get size(): number {
    return this.table.size
  }

  /** Changes with everything that can change a verdict. */
  get stamp(): number {
    return this.generation + this.table.version
  }

  /** @param nowMs milliseconds since 1970. */
  lookup(address: string, nowMs: number): BanHit | null {
    return this.table.lookup(address, nowMs / 1000)
  }

  /** Takes a part of an update; true when its version is complete. */
  apply(update: BanUpdate): boolean {
    if (update.reset) this.next = new BanTable(this.seed)
    const target = this.next ?? this.table
    for (const value of update.unset) target.delete(value)
    for (const entry of update.set) target.set(entry)
    if (!update.last) return false
    if (this.next !== null) {
      this.generation += this.table.version + 1
      this.table = this.next
      this.next = null
    }
    this.version = update.version
    return true
  }

  /** Removes what ended. */
  sweep(nowMs: number): void {
    this.table.sweep(nowMs / 1000)
  }
}
