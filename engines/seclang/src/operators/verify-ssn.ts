import type { Operator } from './operator.ts'
import { verifyNumber } from './verify-number.ts'

// Areas from 740 were not issued before 2011; ModSecurity keeps that bound, and so do we.
function isSsn(digits: string): boolean {
  if (digits.length !== 9) return false
  if (/^(\d)\1{8}$/.test(digits) || '0123456789'.includes(digits)) return false
  const area = Number(digits.slice(0, 3))
  const group = Number(digits.slice(3, 5))
  const serial = Number(digits.slice(5))
  return area !== 0 && group !== 0 && serial !== 0 && area < 740 && area !== 666
}

/** `@verifySSN pattern`: a match holds a plausible United States social security number. */
export const verifySSN: Operator = verifyNumber('verifySSN', isSsn)
