import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Maps the shop with a vulnerability scanner that says its name. */
export const botScanner: Attack = defineAttack({
  id: 'bot-scanner',
  class: 'bad-bot',
  title: 'Maps the shop with a vulnerability scanner that says its name',
  cwe: 799,
  capec: 310,
  technique: 'T1595.002',
  preconditions: [],
  steps: async ({ visitor }) => {
    const headers = { 'user-agent': 'sqlmap/1.8.2#stable (https://sqlmap.org)', accept: '*/*' }
    const pages: string[] = []
    for (const path of ['/', '/login', '/search?q=tent', '/product/1', '/admin']) {
      const answer = await visitor.get(path, headers)
      if (answer.status !== 0 && answer.text.includes('Larch')) pages.push(path)
    }
    return pages.length
  },
  oracle: (pages) => pages === 5,
  twin: ({ visitor }) =>
    visitor.get('/', {
      'user-agent':
        'Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
    }),
})
