import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Maps the shop under the name of a search engine. */
export const botFalseCrawler: Attack = defineAttack({
  id: 'bot-false-crawler',
  class: 'bad-bot',
  title: 'Maps the shop under the name of a search engine',
  cwe: 799,
  capec: 310,
  technique: 'T1036',
  preconditions: [],
  steps: async ({ visitor }) => {
    const headers = {
      'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
      accept: '*/*',
    }
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
        'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
    }),
})
