import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Downloads the key file with dots in the name. */
export const pathDownloadDots: Attack = defineAttack({
  id: 'path-download-dots',
  class: 'path-traversal',
  title: 'Downloads the key file with dots in the name',
  cwe: 22,
  capec: 126,
  technique: 'T1005',
  preconditions: [],

  steps: ({ visitor }) => visitor.get('/download?file=../private/payment.key'),
  oracle: (answer, { witness }) => answer.text.includes(witness.loot.fileKey),
  twin: ({ visitor }) => visitor.get('/download?file=size-guide.txt'),
})
