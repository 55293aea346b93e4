import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Copies every product as fast as it can. */
export const scrapeCatalogue: Attack = defineAttack({
  id: 'scrape-catalogue',
  class: 'scraping',
  title: 'Copies every product as fast as it can',
  cwe: 799,
  capec: 116,
  technique: 'T1119',
  preconditions: [],
  slow: true,

  steps: async ({ visitor }) => {
    let pages = 0
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all(
        Array.from({ length: 24 }, (_unused, index) => visitor.get(`/product/${index + 1}`)),
      )
      pages += answers.filter(
        (answer) => answer.status === 200 && answer.text.includes('class="price"'),
      ).length
    }
    return pages
  },
  oracle: (pages) => pages === 120,
  twin: ({ visitor }) => visitor.get('/product/4'),
})
