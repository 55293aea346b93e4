import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { query } from '../../visitor/visitor.ts'

/** Hands a program a file of its own choice as a further argument. */
export const argumentHelp: Attack = defineAttack({
  id: 'argument-help',
  class: 'command-injection',
  title: 'Hands a program a file of its own choice as a further argument',
  cwe: 88,
  capec: 6,
  technique: 'T1005',
  preconditions: [],

  steps: ({ visitor }) => visitor.get(`/help${query({ topic: '. private/payment.key' })}`),
  oracle: (answer, { witness }) => answer.text.includes(witness.loot.fileKey),
  twin: ({ visitor }) => visitor.get(`/help${query({ topic: 'payment' })}`),
})
