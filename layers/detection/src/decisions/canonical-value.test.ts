import { describe, expect, it } from 'vitest'
import { canonicalValue, maxValueLength } from './canonical-value.ts'

describe('the value of a decision', () => {
  it.each([
    ['ip', '::FFFF:192.0.2.1', '192.0.2.1'],
    ['ip', '2001:DB8:0::1', '2001:db8::1'],
    ['ip', '192.0.2.0/24', undefined],
    ['ip', 'localhost', undefined],
    ['range', '192.0.2.77/24', '192.0.2.0/24'],
    ['range', '192.0.2.7', '192.0.2.7/32'],
    ['range', '192.0.2.0/33', undefined],
    ['country', 'fr', 'FR'],
    ['country', 'France', undefined],
    ['as', 'AS64496', '64496'],
    ['as', '064496', '64496'],
    ['as', 'sixty', undefined],
    ['username', 'ana', 'ana'],
    ['username', '', undefined],
    ['username', 'a\nb', undefined],
    ['session', 'x'.repeat(maxValueLength), 'x'.repeat(maxValueLength)],
    ['session', 'x'.repeat(maxValueLength + 1), undefined],
  ] as const)('%s %s is %s', (scope, value, canonical) => {
    expect(canonicalValue(scope, value)).toBe(canonical)
  })
})
