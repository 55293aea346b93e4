import type { Link } from '../compile/compiled-rule-set.ts'
import type { OperatorSearch } from '../operators/operator.ts'

/** Message and data of a rule while its chain is being evaluated. */
export interface Pending {
  message: string
  data: string
  severity: number | null
  variable: string
}

/** Where the first link of a rule was left, and what was known by then; everything else is in the transaction. */
export interface PausedRule {
  readonly link: Link
  /** Target, list of the target, and value of the list to go on with. */
  readonly target: number
  readonly list: number
  readonly value: number
  /** Form of that value to go on with, for `multiMatch`. */
  readonly stage: number
  /** Whether an earlier value matched. */
  readonly matched: boolean
  /** Match that was left inside that value. */
  readonly search: OperatorSearch | null
  readonly pending: Pending
}
