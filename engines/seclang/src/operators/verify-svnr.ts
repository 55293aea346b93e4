import type { Operator } from './operator.ts'
import { verifyNumber } from './verify-number.ts'

// Weights of the serial number (3, 7, 9) and the date of birth; digit 4 is the check digit.
const WEIGHTS = [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]

function isSvnr(digits: string): boolean {
  if (digits.length < 10) return false
  const svnr = digits.slice(0, 10)
  if (/^(\d)\1{9}$/.test(svnr) || svnr === '0123456789' || svnr === '1234567890') return false
  let sum = 0
  for (const [i, weight] of WEIGHTS.entries()) sum += Number(svnr[i]) * weight
  return (sum % 11) % 10 === Number(svnr[3])
}

/** `@verifySVNR pattern`: a match holds an Austrian social insurance number. */
export const verifySVNR: Operator = verifyNumber('verifySVNR', isSvnr)
