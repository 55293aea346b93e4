// CPU per event of the spool against a plain append of the same lines, in one process and one run:
// interleaved repeats, medians, user + system time. Run after a build: node bench/spool/main.mjs [events] [repeats]
import { appendFileSync, closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEventBuilder, createRedactor, encodeLine, sealDraft, uuidV7 } from '@sevenfold/event'
import { createLogger, createMetrics, openSpool, systemClock } from '@sevenfold/layer'

const events = Number(process.argv[2] ?? 50_000)
const repeats = Number(process.argv[3] ?? 7)
// Events arrive in bursts with the loop turning in between, as requests do; 200 per turn fill a block in some ms.
const perTurn = 200
// The spool keeps at most 8 MiB in memory; a benchmark that never waits would measure the loss of events.
const perFlush = 4000

const builder = createEventBuilder({
  layer: 'edge',
  now: () => Date.now(),
  newId: uuidV7,
  redactor: createRedactor(new Uint8Array(32)),
})
const facts = {
  requestId: '0199aa00-0000-7000-8000-000000000000',
  site: 'shop',
  clientAddress: '192.0.2.17',
  clientPort: 50123,
  method: 'GET',
  path: '/products/17',
  query: 'colour=green',
  host: 'shop.example',
  httpVersion: '1.1',
  userAgent:
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
  status: 200,
  responseBytes: 1024,
  durationMs: 3.2,
}
const drafts = Array.from({ length: 1000 }, () => builder.access(facts))
const agent = { id: 'edge/bench', ephemeral_id: uuidV7() }
const lines = drafts.map((draft, index) => encodeLine(sealDraft(draft, agent, index + 1)))

const turn = () => new Promise((resolve) => setImmediate(resolve))

async function inTurns(run, flush = async () => {}) {
  for (let i = 0; i < events; i += 1) {
    run(i)
    if (i % perTurn === perTurn - 1) await turn()
    if (i % perFlush === perFlush - 1) await flush()
  }
}

async function cpuMicros(work) {
  const before = process.cpuUsage()
  await work()
  const used = process.cpuUsage(before)
  return (used.user + used.system) / events
}

async function withFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'sf-bench-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const silent = createLogger({ agent: 'bench', clock: systemClock, write: () => {} })

async function withSpool(append) {
  return withFolder(async (folder) => {
    const spool = await openSpool({
      folder,
      agentId: 'edge/bench',
      receivers: [],
      budgetBytes: 1 << 30,
      clock: systemClock,
      log: silent,
      metrics: createMetrics(),
    })
    const micros = await cpuMicros(async () => {
      await inTurns(
        (i) => append(spool, i),
        () => spool.flush(),
      )
      await spool.flush()
    })
    const { low } = spool.heads()
    if (low.sequence !== events) throw new Error(`${low.sequence} of ${events} events are on disk`)
    await spool.close()
    return micros
  })
}

const ways = {
  'appendFileSync of each line, no fsync': () =>
    withFolder((folder) =>
      cpuMicros(() => inTurns((i) => appendFileSync(join(folder, 'plain'), `${lines[i % lines.length]}\n`))),
    ),
  'writeSync of each line, fdatasync every 1 MiB': () =>
    withFolder((folder) =>
      cpuMicros(async () => {
        const fd = openSync(join(folder, 'plain'), 'a')
        let bytes = 0
        await inTurns((i) => {
          bytes += writeSync(fd, `${lines[i % lines.length]}\n`)
          if (bytes < 1_048_576) return
          fdatasyncSync(fd)
          bytes = 0
        })
        fdatasyncSync(fd)
        closeSync(fd)
      }),
    ),
  'spool.appendLine of prebuilt text': () =>
    withSpool((spool, i) => spool.appendLine('low', () => lines[i % lines.length])),
  'spool.append of drafts (sealing and JSON)': () =>
    withSpool((spool, i) => spool.append(drafts[i % drafts.length])),
}

const samples = new Map(Object.keys(ways).map((name) => [name, []]))
for (let repeat = 0; repeat <= repeats; repeat += 1) {
  for (const [name, run] of Object.entries(ways)) {
    const micros = await run()
    if (repeat > 0) samples.get(name).push(micros) // the first round warms up
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1]
const results = [...samples].map(([name, values]) => ({ name, micros: median(values) }))
const base = results[0].micros
console.log(
  `${cpus()[0]?.model ?? 'unknown CPU'}, node ${process.version}, ${events} events of ${lines[0].length} bytes, median of ${repeats}`,
)
console.log('CPU µs per event (user + system, all threads)   ratio to the first line')
for (const { name, micros } of results) {
  console.log(`${name.padEnd(48)} ${micros.toFixed(2).padStart(7)} ${(micros / base).toFixed(2).padStart(8)}`)
}
