// Writes numbered events into a spool and ships them until it is killed. Tells its parent what is on disk.
// argv: folder, first number, socket of the receiver
import { join } from 'node:path'
import type { RequestFacts } from '@sevenfold/event'
import { createEventBuilder, createRedactor, uuidV7 } from '@sevenfold/event'
import {
  createLogger,
  createMetrics,
  loadOrCreateKeys,
  openSpool,
  startShipper,
  systemClock,
} from '../../src/index.ts'

const [, , folder = '', start = '', socketPath = ''] = process.argv
const keys = loadOrCreateKeys(join(folder, 'edge', 'keys'))
const log = createLogger({ agent: 'edge/main', clock: systemClock })
const metrics = createMetrics()
const clock = systemClock
const spool = await openSpool({
  folder: join(folder, 'spool'),
  agentId: 'edge/main',
  receivers: ['ledger'],
  clock,
  log,
  metrics,
})
startShipper({ spool, receiver: 'ledger', target: { socketPath }, keys, clock, log, metrics })
const events = createEventBuilder({
  layer: 'edge',
  now: () => Date.now(),
  newId: uuidV7,
  redactor: createRedactor(keys.redactionKey),
})
let n = Number(start)
const access = (): RequestFacts => ({
  requestId: `r${n}`,
  site: 'shop',
  clientAddress: '192.0.2.1',
  method: 'GET',
  path: `/item/${n}`,
  httpVersion: '1.1',
  status: 200,
})
process.send?.({ type: 'ready' })
for (;;) {
  for (let i = 0; i < 20; i += 1, n += 1)
    spool.append(
      n % 10 === 0
        ? { ...events.notice(`mark-${n}`, 'x'), url: { path: `/item/${n}` } }
        : events.access(access()),
    )
  const upTo = n - 1
  await spool.flush()
  process.send?.({ type: 'durable', upTo })
  await new Promise((resolve) => setTimeout(resolve, 1))
}
