import type { DecisionScope } from '@sevenfold/event'
import { canonicalAddress, parseRange } from '../authority/address.ts'
import { numberRange, rangeText } from '../authority/address-number.ts'

/** Longest value of a decision. */
export const maxValueLength = 256

/**
 * The one spelling of a decision's value, so that equal bans are equal texts: addresses in canonical form, ranges from
 * their first address on, countries in capitals, AS numbers as digits. Undefined for a value that its scope cannot have.
 */
export function canonicalValue(scope: DecisionScope, value: string): string | undefined {
  if (value === '' || value.length > maxValueLength) return undefined
  switch (scope) {
    case 'ip':
      return canonicalAddress(value)
    case 'range': {
      const range = parseRange(value)
      if (range === undefined) return undefined
      const numbers = numberRange(range)
      const text = rangeText(numbers)
      return text.includes('/') ? text : `${text}/${numbers.prefix}`
    }
    case 'country':
      return /^[a-z]{2}$/i.test(value) ? value.toUpperCase() : undefined
    case 'as': {
      const number = /^(?:AS)?(\d{1,10})$/i.exec(value)?.[1]
      return number === undefined ? undefined : String(Number(number))
    }
    case 'username':
    case 'session':
      // oxlint-disable-next-line no-control-regex -- a control character in a name ends in somebody's terminal or file
      return /[\u0000-\u001f\u007f]/.test(value) ? undefined : value
  }
}
