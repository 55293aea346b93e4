import type { Operator } from './operator.ts'

/**
 * Reads the leading decimal integer of a value as C's `strtoll` does: white space, sign, digits.
 * Text without digits counts as 0.
 */
export function leadingInteger(text: string): number {
  const digits = /^[\t-\r ]*([+-]?[0-9]{1,20})/.exec(text)?.[1]
  return digits === undefined ? 0 : Number(digits)
}

function comparison(name: string, holds: (value: number, bound: number) => boolean): Operator {
  return {
    name,
    compile(param) {
      const bound = leadingInteger(param)
      return { match: (input) => holds(leadingInteger(input), bound) }
    },
  }
}

/** `@eq n`: the value as an integer equals n. */
export const eq: Operator = comparison('eq', (value, bound) => value === bound)

/** `@ge n`: the value as an integer is n or more. */
export const ge: Operator = comparison('ge', (value, bound) => value >= bound)

/** `@gt n`: the value as an integer is more than n. */
export const gt: Operator = comparison('gt', (value, bound) => value > bound)

/** `@le n`: the value as an integer is n or less. */
export const le: Operator = comparison('le', (value, bound) => value <= bound)

/** `@lt n`: the value as an integer is less than n. */
export const lt: Operator = comparison('lt', (value, bound) => value < bound)
