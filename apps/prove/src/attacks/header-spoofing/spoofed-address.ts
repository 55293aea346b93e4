import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Claims an inside address in a forwarding header. */
export const spoofedAddress: Attack = defineAttack({
  id: 'spoofed-address',
  class: 'header-spoofing',
  title: 'Claims an inside address in a forwarding header',
  cwe: 290,
  capec: 22,
  technique: 'T1190',
  preconditions: [],

  steps: ({ visitor }) => visitor.get('/intranet', { 'x-forwarded-for': '10.0.0.7' }),
  oracle: (answer, { witness }) => answer.text.includes(witness.loot.paymentKey),
  twin: ({ visitor }) => visitor.get('/', { 'x-forwarded-for': '10.0.0.7' }),
})
