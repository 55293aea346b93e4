import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { query } from '../../visitor/visitor.ts'
import { leadsAway } from '../../attack/leads-away.ts'

/** Sends visitors to another site by a link of the shop. */
export const redirectAbsolute: Attack = defineAttack({
  id: 'redirect-absolute',
  class: 'open-redirect',
  title: 'Sends visitors to another site by a link of the shop',
  cwe: 601,
  capec: 98,
  technique: 'T1566.002',
  preconditions: ['somebody follows a link'],

  steps: ({ visitor }) => visitor.get(`/go${query({ to: 'https://larch-lantern.evil.example/login' })}`),
  oracle: (answer) => answer.status === 302 && leadsAway(answer.headers['location']),
  twin: ({ visitor }) => visitor.get(`/go${query({ to: '/category/light?sort=name' })}`),
})
