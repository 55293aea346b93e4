// From the last event of an attack to the ban at every follower of the decision stream: four writers with spools of
// their own, as four edge workers have, the detection process, four followers.
// npx tsc -b && npx tsx --conditions=@sevenfold/source bench/ledger/ban-latency.ts [--bans 100]
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { loadOrCreateKeys, localAgent, registerAgent, startPart } from '@sevenfold/layer'
import type { PartContext } from '@sevenfold/layer'
import { detectionConfig } from '../parts/detection-config.ts'
import { pause, silent, startPartProcess } from '../parts/part-process.ts'

const { values } = parseArgs({ options: { bans: { type: 'string', default: '100' } } })
const bans = Number(values.bans)
const workers = 4
const dataDir = mkdtempSync(join(tmpdir(), 'sf-ban-'))

function prepare(): void {
  for (const part of ['detection', 'edge']) mkdirSync(join(dataDir, part), { recursive: true, mode: 0o700 })
  const keys = loadOrCreateKeys(join(dataDir, 'edge', 'keys'))
  registerAgent(join(dataDir, 'detection', 'agents.json'), localAgent('edge', keys.publicKey))
}

/** Follows the live stream as an edge primary does; calls `onBan` with each banned address. */
function follow(onBan: (address: string) => void): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const call = request({
      socketPath: join(dataDir, 'detection', 'api.sock'),
      path: '/v1/decisions/live',
      agent: false,
    })
    call.on('error', reject)
    call.on('response', (response: IncomingMessage) => {
      response.setEncoding('utf8')
      response.on('error', () => undefined)
      response.on('data', (chunk: string) => {
        for (const [, address = ''] of chunk.matchAll(/"value":"([^"]+)"/gu)) onBan(address)
      })
      resolve(() => call.destroy())
    })
    call.end()
  })
}

function startWorker(slot: number): Promise<PartContext<object>> {
  return startPart<object>({
    part: 'edge',
    dataDir,
    config: {},
    slot: `w${slot}`,
    control: false,
    receivers: [{ name: 'detection', socketPath: join(dataDir, 'detection', 'ingest.sock') }],
    log: silent,
  })
}

/** One attacker: 11 missing pages spread over the workers; the moment after the last of them. */
function attack(edges: readonly PartContext<object>[], address: string): number {
  for (let i = 0; i < 11; i += 1) {
    const edge = edges[i % edges.length]
    if (edge === undefined) continue
    edge.emit(
      edge.events.access({
        requestId: `${address}-${i}`,
        site: 'shop',
        clientAddress: address,
        method: 'GET',
        path: `/missing-${i}`,
        httpVersion: '1.1',
        status: 404,
      }),
    )
  }
  return performance.now()
}

prepare()
const detection = await startPartProcess('detection', { dataDir, config: detectionConfig([]) })
try {
  const edges = await Promise.all(Array.from({ length: workers }, (_, slot) => startWorker(slot)))
  const arrived = new Map<string, number[]>()
  const onBan = (address: string): void => {
    arrived.set(address, [...(arrived.get(address) ?? []), performance.now()])
  }
  const closing = await Promise.all(Array.from({ length: workers }, () => follow(onBan)))
  const latencies: number[] = []
  for (let i = 0; i < bans; i += 1) {
    const address = `198.18.${i >> 8}.${i & 255}`
    const last = attack(edges, address)
    const deadline = last + 10_000
    while ((arrived.get(address)?.length ?? 0) < workers && performance.now() < deadline) await pause(1)
    latencies.push(Math.max(...(arrived.get(address) ?? [Number.POSITIVE_INFINITY])) - last)
    // The blast-radius limit holds bans above 200 a minute.
    await pause(i > 150 ? 350 : 20)
  }
  latencies.sort((a, b) => a - b)
  const at = (share: number): string =>
    `${Math.round(latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0)} ms`
  console.log(
    `${cpus().length} × ${cpus()[0]?.model ?? '?'}, Node ${process.version}; ${bans} bans, ${workers} writers, ${workers} followers`,
  )
  console.log(
    `last event → ban at every follower: p50 ${at(0.5)}, p90 ${at(0.9)}, p99 ${at(0.99)}, most ${at(1)}`,
  )
  process.exitCode = (latencies.at(-1) ?? 1e9) <= 2000 ? 0 : 1
  for (const close of closing) close()
  await Promise.all(edges.map((edge) => edge.stop()))
} finally {
  await detection.stop()
  rmSync(dataDir, { recursive: true, force: true })
}
