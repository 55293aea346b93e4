// Writes positions into a receiver's journal, one after another, and tells its parent which are durable and which
// failed; a failed one is tried again. Ends when its parent says so. argv: folder
import { setTimeout as pause } from 'node:timers/promises'
import { createAgents } from '../../src/receive/agents.ts'
import { openJournal } from '../../src/receive/journal.ts'

const [, , folder = ''] = process.argv
const journal = openJournal(folder, createAgents(), 0)
const stop = new AbortController()
process.on('message', (message) => {
  if (message === 'stop') stop.abort()
})
const hash = (sequence: number): string => `${sequence}`.padStart(64, '0')
process.send?.({ type: 'ready' })
for (let sequence = 1; !stop.signal.aborted;) {
  // Lengths differ, so that a retry does not cover what a failed write left behind.
  const agent = sequence % 2 === 0 ? 'edge/w0' : `edge/w${'0'.repeat(sequence % 90)}1`
  try {
    await journal.write([
      {
        t: 'position',
        position: { agent, epoch: 'e', lane: 'low', sequence, hash: hash(sequence) },
        before: { sequence: sequence - 1, hash: hash(sequence - 1) },
      },
    ])
    process.send?.({ type: 'durable', sequence })
    sequence += 1
  } catch (error) {
    process.send?.({ type: 'error', error: String(error) })
    sequence += 1 // the sender gave up and something shorter or longer comes next
    await pause(5)
  }
}
await journal.close()
process.send?.({ type: 'closed' })
process.disconnect()
