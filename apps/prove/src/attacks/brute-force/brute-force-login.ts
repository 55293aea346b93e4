import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { attacker, logIn } from '../../attack/attacker.ts'
import { guessPassword } from '../../attack/guess-password.ts'

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

  steps: ({ visitor, pause }) => guessPassword(visitor, pause),
  oracle: (text) => text.includes('Anna Lindqvist'),
  twin: async ({ visitor }) => {
    await visitor.form('/login', { user: attacker.user, password: 'trail-mux' })
    return logIn(visitor)
  },
})
