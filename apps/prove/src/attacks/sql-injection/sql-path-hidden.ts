import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Shows a hidden product by a condition in the path. */
export const sqlPathHidden: Attack = defineAttack({
  id: 'sql-path-hidden',
  class: 'sql-injection',
  title: 'Shows a hidden product by a condition in the path',
  cwe: 89,
  capec: 66,
  technique: 'T1190',
  preconditions: [],
  steps: ({ visitor }) => visitor.get(`/product/${encodeURIComponent('0 OR hidden')}`),
  oracle: (answer) => answer.text.includes('Winter preview tent'),
  twin: ({ visitor }) => visitor.get('/product/24'),
})
