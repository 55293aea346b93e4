import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { commonPaths } from '../../attack/common-paths.ts'

/** Finds a forgotten copy of the customers by trying common names. */
export const probeBackup: Attack = defineAttack({
  id: 'probe-backup',
  class: 'probing',
  title: 'Finds a forgotten copy of the customers by trying common names',
  cwe: 538,
  capec: 87,
  technique: 'T1595.003',
  preconditions: [],
  slow: true,

  steps: async ({ visitor, pause }) => {
    for (const path of commonPaths) {
      const answer = await visitor.get(path)
      if (answer.status === 200 && answer.text.includes('INSERT INTO users')) return answer.text
      await pause(30)
    }
    return ''
  },
  oracle: (text) => text.includes('anna@example.org'),
  twin: async ({ visitor }) => {
    await visitor.get('/category/tent')
    await visitor.get('/favicon.ico')
    return visitor.get('/robots.txt')
  },
})
