import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Walks out of the assets with encoded dots and slashes. */
export const pathAssetsEncoded: Attack = defineAttack({
  id: 'path-assets-encoded',
  class: 'path-traversal',
  title: 'Walks out of the assets with encoded dots and slashes',
  cwe: 22,
  capec: 126,
  technique: 'T1005',
  preconditions: [],

  steps: ({ visitor }) => visitor.get('/assets/%2e%2e%2fprivate%2fpayment.key'),
  oracle: (answer, { witness }) => answer.text.includes(witness.loot.fileKey),
  twin: ({ visitor }) => visitor.get('/assets/art/tents.svg'),
})
