// A receiver with a store of one file: batches as lines, then a line with the position, one fsync. Killed at will.
// argv: folder. At the start it cuts a torn end off and gives the stored positions back.
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import {
  createLogger,
  createMetrics,
  createReceiver,
  listenOnSocket,
  openRegistry,
  systemClock,
} from '../../src/index.ts'
import type { LanePosition } from '../../src/index.ts'

const [, , folder = ''] = process.argv
const path = join(folder, 'store.ndjson')
const recovered: LanePosition[] = []
if (existsSync(path)) {
  let good = 0
  let at = 0
  for (const line of readFileSync(path, 'utf8').split('\n').slice(0, -1)) {
    at += Buffer.byteLength(line) + 1
    if (!line.startsWith('{"position":')) continue
    recovered.push((JSON.parse(line) as { position: LanePosition }).position)
    good = at
  }
  truncateSync(path, good)
}
const fd = openSync(path, 'a')
process.on('exit', () => closeSync(fd))
const receiver = createReceiver({
  registry: openRegistry({ path: join(folder, 'agents.json') }),
  folder: join(folder, 'receiver'),
  clock: systemClock,
  log: createLogger({ agent: 'ledger/main', clock: systemClock }),
  metrics: createMetrics(),
  recovered,
  onBatch: async ({ events, position }) => {
    writeSync(fd, `${events.map(({ line }) => line).join('\n')}\n${JSON.stringify({ position })}\n`)
    fdatasyncSync(fd)
  },
  onIncident: (incident) => process.send?.({ type: 'incident', incident }),
})
await listenOnSocket(createServer(receiver.handle), join(folder, 'ingest.sock'))
process.send?.({ type: 'ready' })
