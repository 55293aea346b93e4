import { mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { startLayer } from '@sevenfold/layer'
import { collectorLayer } from '@sevenfold/collector'
import { createMemoryLog } from '@sevenfold/testkit'

/** A running collector. */
export interface House {
  readonly socket: string
  readonly log: ReturnType<typeof createMemoryLog>
  stop(): Promise<void>
}

/** Starts the collector on a data folder. */
export async function startCollector(
  dataDir: string,
  change: Readonly<Record<string, unknown>> = {},
): Promise<House> {
  mkdirSync(join(dataDir, 'collector'), { recursive: true, mode: 0o700 })
  const config = {
    v: 1,
    spoolBytes: 8_388_608,
    retentionMs: 86_400_000,
    memoryBytes: 67_108_864,
    indexBytes: 1_000_000_000,
    ...change,
  }
  writeFileSync(join(dataDir, 'collector', 'config.json'), JSON.stringify(config))
  const log = createMemoryLog()
  const started = await startLayer(collectorLayer, { dataDir, log })
  return { socket: join(dataDir, 'collector', 'api.sock'), log, stop: () => started.stop() }
}

/** Opens an answer. */
export function open(
  socketPath: string,
  path: string,
): Promise<{ response: IncomingMessage; close: () => void }> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path, agent: false, headers: { host: 'localhost' } })
    call.on('error', reject)
    call.on('response', (response) => resolve({ response, close: () => call.destroy() }))
    call.end()
  })
}

/** Asks and reads the JSON answer. */
export async function ask<T>(socketPath: string, path: string): Promise<{ status: number; body: T }> {
  const { response } = await open(socketPath, path)
  let text = ''
  response.setEncoding('utf8')
  for await (const chunk of response as AsyncIterable<string>) text += chunk
  return { status: response.statusCode ?? 0, body: JSON.parse(text) as T }
}

/** Asks again until the test holds, at most 20 s. */
export async function askUntil<T>(socketPath: string, path: string, test: (body: T) => boolean): Promise<T> {
  const deadline = performance.now() + 20_000
  for (;;) {
    const { body } = await ask<T>(socketPath, path)
    if (test(body)) return body
    if (performance.now() > deadline)
      throw new Error(`${path} still answers ${JSON.stringify(body).slice(0, 500)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
