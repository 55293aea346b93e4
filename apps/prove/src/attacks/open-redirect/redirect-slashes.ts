import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { query } from '../../visitor/visitor.ts'
import { leadsAway } from '../../attack/leads-away.ts'

/** The same with two slashes, without a scheme. */
export const redirectSlashes: Attack = defineAttack({
  id: 'redirect-slashes',
  class: 'open-redirect',
  title: 'The same with two slashes, without a scheme',
  cwe: 601,
  capec: 98,
  technique: 'T1566.002',
  preconditions: ['somebody follows a link'],

  steps: ({ visitor }) => visitor.get('/go?to=//evil.example/%2e%2e'),
  oracle: (answer) => answer.status === 302 && leadsAway(answer.headers['location']),
  twin: ({ visitor }) => visitor.get(`/go${query({ to: '/category/light?sort=name' })}`),
})
