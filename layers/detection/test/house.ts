import { mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { decodeDecisionDelta } from '@sevenfold/event'
import type { DecisionDelta } from '@sevenfold/event'
import { loadOrCreateKeys, localAgent, registerAgent, startLayer, startPart } from '@sevenfold/layer'
import type { PartContext } from '@sevenfold/layer'
import { detectionLayer } from '@sevenfold/detection'
import { createMemoryLog, createTemporaryFolder } from '@sevenfold/testkit'

/** A compiled configuration for tests: any free port, short names. */
export function testConfig(change: Readonly<Record<string, unknown>> = {}): object {
  return {
    v: 1,
    spoolBytes: 8_388_608,
    mode: 'enforce',
    api: { listen: { host: '127.0.0.1', port: 0 }, hosts: ['localhost', '127.0.0.1'], bouncers: [] },
    neverBan: ['203.0.113.0/24'],
    banDurationMs: 3_600_000,
    sources: [],
    sites: [{ name: 'shop' }],
    declaredProxies: ['198.51.100.1'],
    trusted: [],
    ...change,
  }
}

/** One running detection layer in a data folder of its own. */
export interface House {
  readonly dataDir: string
  readonly socket: string
  /** URL of the API over TCP, without a slash at the end. */
  readonly url: string
  readonly log: ReturnType<typeof createMemoryLog>
  stop(): Promise<void>
}

/** Starts the layer on `dataDir`. */
export async function startHouse(
  dataDir: string,
  change: Readonly<Record<string, unknown>> = {},
): Promise<House> {
  mkdirSync(join(dataDir, 'detection'), { recursive: true, mode: 0o700 })
  writeFileSync(join(dataDir, 'detection', 'config.json'), JSON.stringify(testConfig(change)))
  const edgeKeys = loadOrCreateKeys(join(dataDir, 'edge', 'keys'))
  registerAgent(join(dataDir, 'detection', 'agents.json'), localAgent('edge', edgeKeys.publicKey))
  const runtimeKeys = loadOrCreateKeys(join(dataDir, 'runtime', 'keys'))
  registerAgent(join(dataDir, 'detection', 'agents.json'), localAgent('runtime', runtimeKeys.publicKey))
  const log = createMemoryLog()
  const started = await startLayer(detectionLayer, { dataDir, log })
  const url = started.listening[0]?.url ?? ''
  return {
    dataDir,
    socket: join(dataDir, 'detection', 'api.sock'),
    url: url.slice(0, -1),
    log,
    stop: () => started.stop(),
  }
}

/** A part whose events go to the detection layer, as the edge's workers' do. */
export function startWriter(
  dataDir: string,
  part: 'edge' | 'runtime' = 'edge',
): Promise<PartContext<object>> {
  return startPart({
    part,
    dataDir,
    config: {},
    control: false,
    slot: 'w0',
    receivers: [{ name: 'detection', socketPath: join(dataDir, 'detection', 'ingest.sock') }],
    log: createMemoryLog(),
  })
}

/** An answer with its body as text. */
export interface Answer {
  readonly status: number
  readonly body: string
}

interface Question {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

function open(target: string, question: Question): ClientRequest {
  const where = target.startsWith('http') ? new URL(target) : undefined
  const body = question.body === undefined ? undefined : JSON.stringify(question.body)
  const call = request({
    ...(where === undefined ? { socketPath: target } : { host: where.hostname, port: where.port }),
    method: question.method ?? 'GET',
    path: question.path,
    headers: {
      ...(where === undefined ? { host: 'localhost' } : {}),
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      ...question.headers,
    },
    agent: false,
  })
  call.end(body)
  return call
}

/** Asks over a Unix socket path or an http URL. */
export function ask(target: string, question: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = open(target, question)
    call.on('error', reject)
    call.on('response', (response: IncomingMessage) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (body += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      response.on('error', reject)
    })
  })
}

/** The live stream as a follower sees it. */
export interface LiveFollower {
  readonly deltas: { readonly event: string; readonly delta: DecisionDelta; readonly atMs: number }[]
  /** Resolves with the first delta, past or to come, that the test holds for. */
  until(test: (delta: DecisionDelta) => boolean): Promise<DecisionDelta>
  close(): void
}

/** Opens the live stream and waits for its snapshot. */
export async function followLive(
  target: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<LiveFollower> {
  const deltas: LiveFollower['deltas'] = []
  const waiting = new Set<() => void>()
  const call = open(target, { path: '/v1/decisions/live', headers })
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    call.on('error', reject)
    call.on('response', resolve)
  })
  let rest = ''
  response.setEncoding('utf8')
  response.on('data', (chunk: string) => {
    const frames = (rest + chunk).split('\n\n')
    rest = frames.pop() ?? ''
    for (const frame of frames) {
      const event = /^event: (.*)$/mu.exec(frame)?.[1]
      const decoded = decodeDecisionDelta(/^data: (.*)$/mu.exec(frame)?.[1] ?? '')
      if (event !== undefined && decoded.ok)
        deltas.push({ event, delta: decoded.value, atMs: performance.now() })
    }
    for (const run of waiting) run()
  })
  const follower: LiveFollower = {
    deltas,
    until: (test) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = deltas.find(({ delta }) => test(delta))
          if (found === undefined) return
          waiting.delete(look)
          resolve(found.delta)
        }
        waiting.add(look)
        look()
      }),
    close: () => call.destroy(),
  }
  call.on('error', () => undefined)
  await follower.until(() => true)
  return follower
}

export { createTemporaryFolder }
