import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { createSocket } from 'node:dgram'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ledgerLayer } from '@sevenfold/ledger'
import { loadOrCreateKeys, localAgent, registerAgent, startLayer } from '@sevenfold/layer'
import { createMemoryLog, createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { ask, askUntil, startCollector } from './house.ts'
import type { House } from './house.ts'

interface Found {
  readonly events: readonly {
    readonly event: { readonly dataset: string; readonly kind: string }
    readonly message?: string
    readonly source?: { readonly ip?: string }
  }[]
}
interface Status {
  readonly sources: readonly {
    readonly name: string
    readonly lines: number
    readonly unread: number
    readonly port: number
    readonly problem?: string
  }[]
}

const key = 'a-secret-of-the-sender'
let folder: TemporaryFolder
const closing: (() => Promise<void>)[] = []

beforeEach(async () => {
  folder = createTemporaryFolder()
  const ledger = join(folder.path, 'ledger')
  mkdirSync(ledger, { recursive: true, mode: 0o700 })
  const config = {
    v: 1,
    spoolBytes: 8_388_608,
    origin: 'example.org/ledger',
    segmentSizeBytes: 65_536,
    checkpointIntervalMs: 100,
    segmentsBytes: 1_000_000_000,
  }
  writeFileSync(join(ledger, 'config.json'), JSON.stringify(config))
  for (const part of ['ledger', 'collector'] as const) {
    const { publicKey } = loadOrCreateKeys(join(folder.path, part, 'keys'))
    registerAgent(join(ledger, 'agents.json'), localAgent(part, publicKey))
  }
  const started = await startLayer(ledgerLayer, { dataDir: folder.path, log: createMemoryLog() })
  closing.push(() => started.stop())
})
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
  folder.remove()
})

async function collector(sources: readonly object[]): Promise<House> {
  writeFileSync(join(folder.path, 'key'), `${key}\n`)
  const started = await startCollector(folder.path, {
    sources: sources.map((source) => ({ quota: 1_000, ...source })),
  })
  closing.push(() => started.stop())
  return started
}

const find = (house: House, query: string, count = 1): Promise<Found> =>
  askUntil<Found>(
    house.socket,
    `/v1/events?query=${encodeURIComponent(query)}`,
    ({ events }) => events.length >= count,
  )
const stateOf = async (house: House, name: string): Promise<Status['sources'][number] | undefined> =>
  (await ask<Status>(house.socket, '/v1/status')).body.sources.find((source) => source.name === name)
const push = (path: string) => ({
  listen: { host: '127.0.0.1', port: 0 },
  path,
  key: { file: join(folder.path, 'key') },
  maxSizeBytes: 1_048_576,
})

describe('logs of other programs', () => {
  it('are followed in files, and end as events of the ledger; a line that nobody can read is kept with the reason', async () => {
    const file = join(folder.path, 'eve.json')
    writeFileSync(file, '')
    const house = await collector([{ name: 'ids', file, format: 'suricata' }])
    appendFileSync(
      file,
      '{"timestamp":"2026-01-31T12:00:00.000000+0000","event_type":"alert","src_ip":"198.51.100.7","alert":{"signature":"scan","signature_id":7}}\nnot json\n',
    )
    const { events } = await find(house, 'event.dataset:suricata.alert')
    expect(events[0]).toMatchObject({ message: 'scan', source: { ip: '198.51.100.7' } })
    const unread = await find(house, 'event.dataset:suricata.unread')
    expect(unread.events[0]).toMatchObject({ message: 'not json', event: { kind: 'pipeline_error' } })
    expect(await stateOf(house, 'ids')).toMatchObject({ lines: 1, unread: 1 })
  })

  it('are taken by OTLP, and answered when they are on disk', async () => {
    const house = await collector([{ name: 'apps', otlp: push('/v1/logs') }])
    const port = (await stateOf(house, 'apps'))?.port ?? 0
    const record = { body: { stringValue: 'payment refused' }, severityNumber: 17 }
    const answer = await fetch(`http://127.0.0.1:${port}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': key },
      body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] }),
    })
    expect([answer.status, await answer.text()]).toEqual([200, '{}'])
    expect((await find(house, 'event.dataset:otel.log')).events[0]).toMatchObject({
      message: 'payment refused',
    })
  })

  it('are received by syslog', async () => {
    const house = await collector([
      { name: 'hosts', syslog: { listen: { host: '127.0.0.1', port: 0 }, protocol: 'udp', from: [] } },
    ])
    const port = (await stateOf(house, 'hosts'))?.port ?? 0
    const socket = createSocket('udp4')
    socket.send('<13>Jan 31 12:00:00 web1 sshd[9]: Failed password for root', port, '127.0.0.1', () =>
      socket.close(),
    )
    expect((await find(house, 'event.dataset:syslog.message')).events[0]?.message).toContain(
      'Failed password',
    )
  })

  it('leave the others alone when one cannot be opened, and say which', async () => {
    const file = join(folder.path, 'a.log')
    writeFileSync(file, '')
    const house = await collector([
      { name: 'broken', http: { ...push('/'), key: { file: join(folder.path, 'gone') } } },
      { name: 'good', file, format: 'nginx' },
    ])
    expect((await stateOf(house, 'broken'))?.problem).toContain('gone')
    expect(await stateOf(house, 'good')).toMatchObject({ lines: 0 })
    expect((await find(house, 'event.action:source-closed')).events).toHaveLength(1)
  })
})
