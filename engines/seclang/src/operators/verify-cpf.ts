import type { Operator } from './operator.ts'
import { verifyNumber } from './verify-number.ts'

function checkDigit(digits: string, count: number): number {
  let sum = 0
  for (let i = 0; i < count; i++) sum += (digits.charCodeAt(i) - 48) * (count + 1 - i)
  return sum % 11 < 2 ? 0 : 11 - (sum % 11)
}

// Numbers of one repeated digit have right check digits and are never issued, nor is 01234567890.
function isCpf(digits: string): boolean {
  if (digits.length < 11) return false
  const cpf = digits.slice(0, 11)
  if (/^(\d)\1{10}$/.test(cpf) || cpf === '01234567890') return false
  return checkDigit(cpf, 9) === Number(cpf[9]) && checkDigit(cpf, 10) === Number(cpf[10])
}

/** `@verifyCPF pattern`: a match holds a Brazilian taxpayer number with right check digits. */
export const verifyCPF: Operator = verifyNumber('verifyCPF', isCpf)
