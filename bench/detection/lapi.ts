// What a bouncer waits for when the Local API holds a large block list: the whole list at its start, then a delta every
// few seconds, and single addresses. Loopback, one bouncer; a slow reader holds an answer open meanwhile.
// npm run bench:lapi [-- --decisions 500000]
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { detectionConfig } from '../parts/detection-config.ts'

const { values } = parseArgs({ options: { decisions: { type: 'string', default: '500000' } } })
const decisions = Number(values.decisions)
const rounds = 7
const dataDir = mkdtempSync(join(tmpdir(), 'sf-lapi-'))
const socketPath = join(dataDir, 'detection', 'api.sock')
const key = 'a-key-for-the-bench-only'

interface Answer {
  readonly ms: number
  readonly bytes: number
  /** Only of short answers. */
  readonly text: string
}

interface Question {
  readonly path: string
  readonly body?: unknown
}

/** Asks over TCP with the bouncer's key, or over the socket when there is a body. */
function ask(url: string, { path, body }: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const from = performance.now()
    const text = body === undefined ? undefined : JSON.stringify(body)
    const call = request({
      ...(text === undefined ? { host: new URL(url).hostname, port: new URL(url).port } : { socketPath }),
      path,
      method: text === undefined ? 'GET' : 'POST',
      headers: {
        host: 'localhost',
        'x-api-key': key,
        ...(text === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      },
      agent: false,
    })
    call.on('error', reject)
    call.on('response', (response: IncomingMessage) => {
      let bytes = 0
      const kept: Buffer[] = []
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes < 1_000_000) kept.push(chunk)
      })
      response.on('error', reject)
      response.on('end', () =>
        resolve({ ms: performance.now() - from, bytes, text: Buffer.concat(kept).toString() }),
      )
    })
    call.end(text)
  })
}

/** Opens the whole list and reads nothing of it. */
function stall(url: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const call = request({
      host: new URL(url).hostname,
      port: new URL(url).port,
      path: '/v1/decisions/stream?startup=true',
      headers: { host: 'localhost', 'x-api-key': key },
      agent: false,
    })
    call.on('error', reject)
    call.on('response', (response) => {
      response.pause()
      resolve(() => call.destroy())
    })
    call.end()
  })
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0
const next = (child: ChildProcess): Promise<Record<string, unknown>> =>
  new Promise((resolve) => child.once('message', (message) => resolve(message as Record<string, unknown>)))

async function cpuMs(child: ChildProcess): Promise<number> {
  child.send('memory')
  const { cpu } = (await next(child)) as { cpu: NodeJS.CpuUsage }
  return (cpu.user + cpu.system) / 1000
}

function prepare(): void {
  mkdirSync(join(dataDir, 'detection'), { recursive: true, mode: 0o700 })
  writeFileSync(join(dataDir, 'key'), key, { mode: 0o600 })
  const config = detectionConfig([{ name: 'bench', key: { file: join(dataDir, 'key') } }])
  writeFileSync(join(dataDir, 'detection', 'config.json'), JSON.stringify(config))
}

async function deltas(url: string): Promise<number[]> {
  const times: number[] = []
  for (let round = 0; round < rounds * 3; round += 1) {
    const fresh = Array.from({ length: 100 }, (_, i) => ({ value: `12.${round}.0.${i}`, duration: '1h' }))
    await ask(url, { path: '/v1/decisions/import', body: { decisions: fresh } })
    const delta = await ask(url, { path: '/v1/decisions/stream' })
    const { new: added } = JSON.parse(delta.text) as { new: unknown[] }
    if (added.length !== 100) throw new Error(`a delta of ${added.length}`)
    times.push(delta.ms)
  }
  return times
}

prepare()
const child = fork(fileURLToPath(new URL('lapi-server.ts', import.meta.url)), [dataDir, String(decisions)], {
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
})
try {
  const { url, startMs } = (await next(child)) as { url: string; startMs: number }
  const startups: Answer[] = []
  const before = await cpuMs(child)
  for (let round = 0; round < rounds; round += 1)
    startups.push(await ask(url, { path: '/v1/decisions/stream?startup=true' }))
  const cpu = ((await cpuMs(child)) - before) / rounds
  const quiet = await deltas(url)
  const release = await stall(url)
  const beside = await deltas(url)
  release()
  const single: number[] = []
  for (let round = 0; round < 200; round += 1) {
    const i = 1 + ((round * 7_919) % decisions)
    const ip = `11.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`
    single.push((await ask(url, { path: `/v1/decisions?ip=${ip}` })).ms)
  }
  child.send('memory')
  const { rss } = (await next(child)) as { rss: number }
  const startup = median(startups.map(({ ms }) => ms))
  const delta = median([...quiet, ...beside])
  const row = (name: string, value: string, limit = ''): void =>
    console.log(`${name.padEnd(58)} ${value.padStart(10)} ${limit}`)
  console.log(
    `${cpus().length} × ${cpus()[0]?.model ?? '?'}, Node ${process.version}; ${decisions} decisions`,
  )
  row(
    'start-up answer, whole list (median)',
    `${Math.round(startup)} ms`,
    `limit 1500 ms, ${Math.round((startups[0]?.bytes ?? 0) / 1e6)} MB`,
  )
  row('  CPU time of the server for it', `${Math.round(cpu)} ms`)
  row('delta of 100 (median)', `${median(quiet).toFixed(1)} ms`, 'limit 20 ms')
  row(
    'delta of 100 beside a reader that takes nothing (median)',
    `${median(beside).toFixed(1)} ms`,
    'limit 20 ms',
  )
  row('one address (median of 200)', `${median(single).toFixed(1)} ms`)
  row('start of the process with this list', `${Math.round(startMs)} ms`)
  row('memory', `${Math.round(rss / 1_048_576)} MB`)
  process.exitCode = startup <= 1_500 && delta <= 20 ? 0 : 1
} finally {
  child.kill('SIGTERM')
  await new Promise((resolve) => child.once('exit', resolve))
  rmSync(dataDir, { recursive: true, force: true })
}
