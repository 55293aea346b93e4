import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '@sevenfold/event'
import { startLayer } from '@sevenfold/layer'
import type { StartedLayer } from '@sevenfold/layer'
import { createMemoryLog, createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { alertsLayer } from '../src/index.ts'
import { madeEvent } from './made-event.ts'

let folder: TemporaryFolder
let started: StartedLayer<unknown>[]
beforeEach(() => {
  folder = createTemporaryFolder()
  started = []
})
afterEach(async () => {
  for (const one of started) await one.stop()
  folder.remove()
})

const config = {
  v: 1,
  spoolBytes: 8_388_608,
  rules: ['builtin'],
  mergeWindowMs: 3_600_000,
  retentionMs: 86_400_000,
  silence: {
    probeIntervalMs: 500,
    suspectAfterMs: 32_000,
    darkAfterMs: 42_000,
    pathPatienceMs: 60_000,
    canaryAgeMs: 150_000,
  },
  playbooks: { folders: [join(import.meta.dirname, '../playbooks')], neverAct: [], commands: [], hosts: [] },
}

async function start(): Promise<void> {
  mkdirSync(join(folder.path, 'alerts'), { recursive: true, mode: 0o700 })
  writeFileSync(join(folder.path, 'alerts', 'config.json'), JSON.stringify(config))
  started.push(await startLayer(alertsLayer, { dataDir: folder.path, log: createMemoryLog() }))
}

async function stop(): Promise<void> {
  await started.pop()?.stop()
}

const segment = (): string => join(folder.path, 'ledger', 'segments', '00000000000000000000.ndjson')

function write(events: readonly JsonObject[]): void {
  mkdirSync(join(folder.path, 'ledger', 'segments'), { recursive: true, mode: 0o700 })
  appendFileSync(segment(), events.map((event) => `${JSON.stringify(event)}\n`).join(''))
}

function ask(
  path: string,
  body?: JsonObject,
  method = body === undefined ? 'GET' : 'POST',
): Promise<{ status: number; body: JsonObject }> {
  const text = body === undefined ? '' : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const call = request(
      {
        socketPath: join(folder.path, 'alerts', 'api.sock'),
        path: `/v1/${path}`,
        method,
        agent: false,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
      },
      (answer) => {
        let read = ''
        answer.setEncoding('utf8').on('data', (chunk: string) => (read += chunk))
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, body: JSON.parse(read) as JsonObject }),
        )
      },
    )
    call.on('error', reject)
    call.end(text)
  })
}

async function until(path: string, test: (body: JsonObject) => boolean): Promise<JsonObject> {
  const end = performance.now() + 20_000
  for (;;) {
    const { body } = await ask(path)
    if (test(body)) return body
    if (performance.now() > end)
      throw new Error(`${path} still answers ${JSON.stringify(body).slice(0, 500)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const list = (body: JsonObject, key: string): readonly JsonObject[] => body[key] as readonly JsonObject[]
const hasIncidents = (count: number) => (body: JsonObject) => list(body, 'incidents').length === count
const sink = (n: number, at = Date.now()): JsonObject =>
  madeEvent('runtime/block', at, {
    'source.ip': `192.0.2.${n}`,
    'rule.id': 'runtime/sql-injection',
    'sevenfold.judgement': { step: 'runtime', verdict: 'block', rules: ['runtime/sql-injection'] } as Json,
    'sevenfold.site': 'shop',
  })

describe('the alerts process', () => {
  it('makes incidents of what the ledger holds and of what comes, each with its runbook', async () => {
    write([sink(1)])
    await start()
    await until('incidents', hasIncidents(1))
    write([
      sink(2),
      madeEvent('supervisor/notice', Date.now(), {
        'event.action': 'part-died',
        'labels.part': 'edge',
        message: 'edge was killed',
      }),
    ])
    await until('incidents', hasIncidents(3))
    const { body } = await ask('incidents/inc-0001')
    expect(body).toMatchObject({
      title: "An attack reached the application's code and was stopped there",
      layers: ['runtime'],
    })
    expect(list(body, 'runbooks')[0]).toMatchObject({
      name: 'runtime-attack-stopped',
      runbook: { meaning: expect.stringContaining('flaw') as string },
    })
  })
  it('goes on after a restart without counting anything twice', async () => {
    write([sink(1), sink(1)])
    await start()
    await until('incidents', hasIncidents(1))
    await stop()
    write([sink(1)])
    await start()
    const body = await until('incidents', (answer) => list(answer, 'incidents')[0]?.['count'] === 3)
    expect(list(body, 'incidents')).toHaveLength(1)
  })
  it('remembers the windows of correlations over a restart', async () => {
    const failure = (n: number): JsonObject =>
      madeEvent('runtime/authentication', Date.now() - 60_000 + n * 1000, {
        'event.outcome': 'failure',
        'source.ip': '192.0.2.9',
        'user.name': 'eve',
      })
    write(Array.from({ length: 14 }, (_, n) => failure(n)))
    await start()
    await until('status', ({ position, caughtUp }) => Number(position) >= 14 && caughtUp === true)
    await stop()
    write([
      failure(14),
      madeEvent('runtime/authentication', Date.now(), {
        'event.outcome': 'success',
        'source.ip': '192.0.2.9',
        'user.name': 'eve',
      }),
    ])
    await start()
    const body = await until('incidents', hasIncidents(1))
    expect(list(body, 'incidents')[0]).toMatchObject({ title: 'A guesser got in' })
  })
  it('hides what a verdict calls benign, shows before what that would have hidden, and takes it back', async () => {
    write([sink(1), sink(2)])
    await start()
    await until('incidents', hasIncidents(2))
    const verdict = { verdict: 'benign', reason: 'our own scanner', actor: 'cli:ada' }
    const dry = await ask('incidents/inc-0001/verdict', { ...verdict, dryRun: true })
    expect(dry.body).toMatchObject({
      dryRun: true,
      preview: { hidden: 1, kept: 1 },
      filter: { filter: { condition: 'not (selection_1)' } },
    })
    expect(list((await ask('filters')).body, 'filters')).toEqual([])
    await ask('incidents/inc-0001/verdict', verdict)
    write([sink(1), sink(2), sink(1)])
    await until('incidents?state=all', (body) =>
      list(body, 'incidents').some(({ id, count }) => id === 'inc-0002' && count === 2),
    )
    expect((await ask('incidents/inc-0001')).body).toMatchObject({
      state: 'closed',
      count: 1,
      verdict: { reason: 'our own scanner' },
    })
    const [filter] = list((await ask('filters')).body, 'filters') as readonly { id: string }[]
    expect(filter).toMatchObject({ incident: 'inc-0001', author: 'cli:ada' })
    await ask(`filters/${filter?.id ?? ''}`, { actor: 'cli:ada' }, 'DELETE')
    write([sink(1)])
    await until('incidents', (body) => list(body, 'incidents').some(({ id }) => id === 'inc-0003'))
    const load = list((await ask('load')).body, 'load')
    expect(load.find(({ rule }) => rule === 'runtime-attack-stopped')).toMatchObject({
      incidents: 3,
      verdicts: { benign: 1 },
    })
  })
  it('keeps a filter over a restart', async () => {
    write([sink(1)])
    await start()
    await until('incidents', hasIncidents(1))
    await ask('incidents/inc-0001/verdict', { verdict: 'noise', reason: 'r', actor: 'a' })
    await stop()
    await start()
    write([sink(7)])
    await until('status', ({ position }) => Number(position) >= 2)
    expect(list((await ask('incidents')).body, 'incidents')).toEqual([])
  })
  it('plans a silence and ends it', async () => {
    await start()
    const planned = await ask('silences', {
      part: 'edge',
      durationMs: 60_000,
      reason: 'new kernel',
      actor: 'cli:ada',
    })
    expect(planned.body).toMatchObject({ id: 1, part: 'edge' })
    expect(list((await ask('silences')).body, 'planned')).toHaveLength(1)
    expect((await ask('silences/1', { actor: 'cli:ada' }, 'DELETE')).status).toBe(200)
    expect((await ask('silences/1', { actor: 'cli:ada' }, 'DELETE')).status).toBe(404)
  })
  it('shows playbooks, runs them dry, and lets nobody approve what does not wait', async () => {
    write([sink(1)])
    await start()
    await until('incidents', hasIncidents(1))
    expect(list((await ask('playbooks')).body, 'playbooks').map(({ name }) => name)).toContain(
      'contain-source',
    )
    const dry = await ask('playbooks/contain-source/run', { incident: 'inc-0001', dryRun: true })
    expect(JSON.stringify(dry.body)).toContain('ban source 192.0.2.1 for 1h')
    expect((await ask('runs/run-99/approve', { actor: 'cli:ada' })).status).toBe(404)
  })
  const bad: readonly (readonly [string, string, JsonObject, number])[] = [
    ['an unknown verdict', 'incidents/inc-0001/verdict', { verdict: 'maybe', reason: 'r', actor: 'a' }, 400],
    ['a verdict without a reason', 'incidents/inc-0001/verdict', { verdict: 'true', actor: 'a' }, 400],
    [
      'a filter for ever',
      'incidents/inc-0001/verdict',
      { verdict: 'noise', reason: 'r', actor: 'a', durationMs: 366 * 86_400_000 },
      400,
    ],
    [
      'an incident that is not there',
      'incidents/inc-9999/verdict',
      { verdict: 'true', reason: 'r', actor: 'a' },
      404,
    ],
    ['a silence of nobody', 'silences', { part: 'kernel', durationMs: 5, reason: 'r', actor: 'a' }, 400],
    [
      'a silence of a month',
      'silences',
      { part: 'edge', durationMs: 30 * 86_400_000, reason: 'r', actor: 'a' },
      400,
    ],
    ['a playbook that is not there', 'playbooks/none/run', { incident: 'inc-0001' }, 404],
    ['a path that is not there', 'nothing', {}, 404],
  ]
  it('refuses what it does not understand, with a status that says why', async () => {
    write([sink(1)])
    await start()
    await until('incidents', hasIncidents(1))
    for (const [name, path, body, status] of bad)
      expect([name, (await ask(path, body)).status]).toEqual([name, status])
  })
  it('lives through lines that are no events', async () => {
    write([sink(1)])
    appendFileSync(segment(), '{"broken":\nnull\n[]\n"text"\n{}\n{"@timestamp":"never"}\n')
    write([sink(2)])
    await start()
    await until('incidents', hasIncidents(2))
  })
})
