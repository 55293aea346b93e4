import type { BanChange, BanView } from './ban-view.ts'

/** Something that keeps banned addresses out. */
export interface Enforcer {
  readonly name: string
  /** Least time between two changes, in milliseconds, where each costs more than itself; none by default. */
  readonly restMs?: number
  /** Makes everything as the view has it, whatever was there. Rejects when that failed: it is tried again. */
  replace(view: BanView): Promise<void>
  /** Brings a change in. Rejects when that failed: then everything is replaced. */
  update(change: BanChange, view: BanView): Promise<void>
  /** False when somebody else took away what was made: then everything is replaced. Called about once a minute. */
  isIntact(): Promise<boolean>
  /** Ends; what remains in force is said by each. */
  stop(): Promise<void>
}
