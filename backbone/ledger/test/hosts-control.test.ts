import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { controlPaths, jsonPost, startPart, systemClock, HostLink } from '@sevenfold/layer'
import type { PartContext } from '@sevenfold/layer'
import { createMemoryLog } from '@sevenfold/testkit'
import { HostsHouse, until } from './hosts-house.ts'

// Processes, disks and handshakes of a machine that may do much else meanwhile.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let house: HostsHouse
let edge: PartContext<object>
let dataDir: string
beforeEach(async () => {
  house = new HostsHouse()
  await house.start()
  dataDir = await house.joined('web2')
  edge = await startPart<object>({
    part: 'edge',
    dataDir,
    config: {},
    modes: { layer: 'monitor', sites: {} },
    receivers: [{ name: 'ledger', socketPath: join(dataDir, 'ledger', 'ingest.sock') }],
    log: createMemoryLog(),
  })
  house.later(() => edge.stop())
  await until('it takes orders', async () => (await order({ op: 'status' }))['ok'] === true)
})
afterEach(() => house.close())

async function order(wish: object, host = 'web2'): Promise<Record<string, unknown>> {
  return (await house.admin('POST', '/v1/control', { host, layer: 'edge', actor: 'cli:anna', ...wish })).body
}

it('a mode of an enrolled host is strengthened from the backbone, and that is an event of the host', async () => {
  expect(await order({ op: 'mode', mode: 'enforce', reason: 'attack' })).toMatchObject({ ok: true })
  expect(edge.mode()).toBe('enforce')
  expect(await order({ op: 'mode', mode: 'monitor' })).toMatchObject({
    ok: false,
    error: { code: 'CONTROL_WEAKENING_REFUSED' },
  })
  expect(edge.mode()).toBe('enforce')
})

it.each(['drain', 'reload'])('%s is not done from afar', async (op) => {
  expect(await order({ op })).toMatchObject({ ok: false, error: { code: 'CONTROL_BAD_REQUEST' } })
})

it('a host that is not connected is said to be so', async () => {
  expect(await order({ op: 'status' }, 'web9')).toMatchObject({ error: { code: 'HOSTS_UNKNOWN' } })
  expect(await order({ op: 'status' }, '../x')).toMatchObject({ error: { code: 'HOSTS_BAD_REQUEST' } })
  expect(await order({ op: 'explode' })).toMatchObject({ error: { code: 'HOSTS_BAD_REQUEST' } })
})

it('a host answers only what it was asked, and only as the holder of its lease', async () => {
  const link = HostLink.open({
    partDir: join(dataDir, 'edge'),
    agentId: (host) => `edge/${host}.x`,
    slot: 'x',
    clock: systemClock,
    log: createMemoryLog(),
  })
  if (link === undefined) throw new Error('not enrolled')
  house.later(() => link.client('ledger').close())
  const answer = jsonPost(controlPaths.answers, { id: 'nobody-asked', ok: true })
  expect(await link.send('ledger', answer)).toMatchObject({ status: 409 })
  expect(await link.client('ledger').post(answer)).toMatchObject({ status: 404 })
})
