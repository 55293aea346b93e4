/** Places of a text that may still be looked at closely; texts with more are left to the full scan. */
export interface Looks {
  left: number
}
