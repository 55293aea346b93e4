// Reloads under load: no request may fail. Also what a built worker weighs with a Core Rule Set.
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { BuiltEdge } from './built-edge.ts'
import { rssMegabytes } from '../parts/process-usage.ts'
import { startUpstream } from './nginx.ts'
import { isInstalled } from './peers.ts'

const run = promisify(execFile)
const wanted = Number(process.env['BENCH_REQUESTS'] ?? 100_000)
const root = fileURLToPath(new URL('../..', import.meta.url))
const crs = join(process.env['SEVENFOLD_SHARED'] ?? resolve(root, '..', 'shared'), 'crs')
const workerLimitMegabytes = 150
const plain =
  '{ workers: 2, shedding: { enabled: false }, limits: { requestsPerConnection: 1000000, connectionsPerAddress: 1000 } }'
const changed =
  '{ workers: 2, shedding: { enabled: false }, limits: { requestsPerConnection: 1000000, connectionsPerAddress: 1000, headerCount: 99 } }'

interface Result {
  readonly requests: number
  readonly failed: number
}

/** One run of wrk. Answers other than 2xx and 3xx, resets and timeouts are failures. */
async function loadFor(port: number, seconds: number): Promise<Result> {
  const url = `http://127.0.0.1:${port}/`
  const { stdout } = await run('wrk', ['-t1', '-c32', `-d${seconds}s`, '--timeout', '30s', url])
  const number = (pattern: RegExp): number => Number(pattern.exec(stdout)?.[1] ?? 0)
  const errors =
    /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(stdout)?.slice(1) ?? []
  return {
    requests: number(/(\d+) requests in/),
    failed: number(/Non-2xx or 3xx responses: (\d+)/) + errors.reduce((sum, one) => sum + Number(one), 0),
  }
}

async function reloads(folder: string, upstream: number): Promise<boolean> {
  const edge = await BuiltEdge.start(folder, upstream, plain)
  let requests = 0
  let failed = 0
  let count = 0
  try {
    while (requests < wanted) {
      const over = new AbortController()
      const loading = loadFor(edge.port, 10).finally(() => over.abort())
      // In turn another configuration, and the same one again: that brings in new code.
      while (!over.signal.aborted) {
        await edge.reload(folder, upstream, count % 2 === 0 ? changed : plain)
        count += 1
      }
      const result = await loading
      requests += result.requests
      failed += result.failed
    }
  } finally {
    await edge.stop()
  }
  const holds = failed === 0
  console.log(
    `reload under load: ${count} reloads of all workers, ${failed} failed of ${requests} requests; limit 0: ${holds ? 'holds' : 'OVER'}`,
  )
  return holds
}

async function weight(folder: string, upstream: number): Promise<boolean> {
  if (!existsSync(join(crs, 'rules'))) {
    console.log('weight of a worker: skipped (needs the Core Rule Set in shared data)')
    return true
  }
  const edge = await BuiltEdge.start(
    folder,
    upstream,
    `{ workers: 1, shedding: { enabled: false }, rules: ["crs:${crs}"], limits: { connectionsPerAddress: 1000 } }`,
  )
  try {
    await loadFor(edge.port, 5)
    const rss = Math.max(...edge.workers.map(rssMegabytes))
    const holds = rss <= workerLimitMegabytes
    console.log(
      `built worker with CRS 4 after a load: RSS ${rss.toFixed(0)} MB; limit ${workerLimitMegabytes} MB: ${holds ? 'holds' : 'OVER'}`,
    )
    return holds
  } finally {
    await edge.stop()
  }
}

if (!BuiltEdge.isBuilt || !isInstalled('wrk') || !isInstalled('nginx')) {
  console.log('reload under load: skipped (needs wrk, nginx and a build)')
} else {
  const folder = mkdtempSync(join(tmpdir(), 'sevenfold-bench-reload-'))
  try {
    const upstream = await startUpstream(folder, 1024)
    const first = await reloads(folder, upstream.port)
    const second = await weight(folder, upstream.port)
    await upstream.stop()
    if (!first || !second) process.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
