import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { attacker, logIn } from '../../attack/attacker.ts'
import { guessPassword } from '../../attack/guess-password.ts'

/** Guesses a password at the application's own port, where no edge counts. */
export const bypassDirectGuess: Attack = defineAttack({
  id: 'bypass-direct-guess',
  class: 'edge-bypass',
  title: "Guesses a password at the application's own port, where no edge counts",
  cwe: 420,
  capec: 49,
  technique: 'T1110.001',
  preconditions: ['the port of the application is reachable'],
  slow: true,

  steps: ({ origin, pause }) => guessPassword(origin(), pause),
  oracle: (text) => text.includes('Anna Lindqvist'),
  twin: async ({ origin }) => {
    const visitor = origin()
    await visitor.form('/login', { user: attacker.user, password: 'trail-mux' })
    return logIn(visitor)
  },
})
