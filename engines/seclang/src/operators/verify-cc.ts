import type { Operator } from './operator.ts'
import { verifyNumber } from './verify-number.ts'

/** The check digit of ISO/IEC 7812-1 annex B (Luhn): every second digit from the right doubled. */
function luhn(digits: string): boolean {
  if (digits === '') return false
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48
    const weighted = i % 2 === 0 ? digit : digit * 2
    sum += weighted > 9 ? weighted - 9 : weighted
  }
  return sum % 10 === 0
}

/** `@verifyCC pattern`: a match of the pattern is a payment card number by its check digit. */
export const verifyCC: Operator = verifyNumber('verifyCC', luhn)
