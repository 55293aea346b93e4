import { execFileSync } from 'node:child_process'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { uuidV7 } from '@sevenfold/event'
import { systemClock } from '@sevenfold/layer'
import { createMemoryLog } from '@sevenfold/testkit'
import { DecisionStore } from '../src/decisions/decision-store.ts'
import { BanView } from '../src/enforcement/ban-view.ts'
import { Enforcement } from '../src/enforcement/enforcement.ts'
import { Nftables } from '../src/enforcement/nftables.ts'
import { createTopology, ipProgram, knock, namespacesMissing, until } from './namespaces.ts'
import type { Topology } from './namespaces.ts'

const missing = namespacesMissing()
const needs = missing === undefined ? '' : ` (needs ${missing})`

describe.skipIf(missing !== undefined)(`bans in the kernel of a router${needs}`, () => {
  let net: Topology
  let store: DecisionStore
  let driver: Nftables

  beforeAll(async () => {
    net = await createTopology()
  }, 60_000)
  afterAll(() => net.close())
  const nft = (...args: string[]): string =>
    execFileSync(ipProgram, ['netns', 'exec', net.router, 'nft', ...args], { encoding: 'utf8' })
  const makeDriver = (onStop: 'keep' | 'remove'): Nftables =>
    new Nftables({
      table: 'sevenfold',
      priority: -150,
      onStop,
      now: Date.now,
      program: ['ip', 'netns', 'exec', net.router, 'nft'],
    })
  beforeEach(() => {
    store = new DecisionStore({ now: Date.now, newUuid: uuidV7, journal: { append: () => undefined } })
    driver = makeDriver('remove')
  })
  afterEach(() => driver.stop())
  const ban = (value: string, ms = 60_000) =>
    store.add({
      type: 'ban',
      scope: value.includes('/') ? 'range' : 'ip',
      value,
      untilMs: Date.now() + ms,
      origin: 'test',
      scenario: 'test',
      simulated: false,
    })
  /** From each source of the client to the port that the router forwards: open or dropped. */
  const seen = (): Promise<string[]> =>
    Promise.all(
      net.sources.map((from) => {
        const { v4, v6, port } = net.published
        return knock(net.client, from, { host: from.includes(':') ? v6 : v4, port })
      }),
    )
  const update = (change: { add?: ReturnType<typeof ban>[]; remove?: readonly ReturnType<typeof ban>[] }) => {
    const view = new BanView(store)
    return driver.update(view.changed({ add: change.add ?? [], remove: change.remove ?? [] }))
  }

  it('stop a client of a forwarded port, as Docker publishes them, and nobody else', async () => {
    expect(await seen()).toEqual(['200', '200', '200', '200'])
    const [v4, v6] = [ban('10.77.1.2'), ban('fd77:1::3')]
    await driver.replace(new BanView(store))
    expect(await seen()).toEqual(['dropped', '200', '200', 'dropped'])
    await update({ remove: store.removeAll([v4.id, v6.id], 'mistake') })
    expect(await seen()).toEqual(['200', '200', '200', '200'])
  }, 60_000)

  it('hold ranges as a whole, also ones that lie in others, and carry what is allowed', async () => {
    ban('10.77.1.0/24')
    ban('10.77.1.0/30', 120_000)
    ban('fd77:1::/64')
    store.add({ ...ban('10.77.1.3'), type: 'allow' })
    await driver.replace(new BanView(store))
    expect(await seen()).toEqual(['dropped', '200', 'dropped', 'dropped'])
    expect(await driver.isIntact()).toBe(true)
  }, 60_000)

  it('are lengthened, shortened and taken back also when the kernel has let them go already', async () => {
    const short = ban('10.77.1.2', 900)
    await driver.replace(new BanView(store))
    expect(
      await until(() => !nft('list', 'set', 'inet', 'sevenfold', 'addresses4').includes('10.77.1.2')),
    ).toBe(true)
    await update({ remove: store.removeAll([short.id], 'over') })
    await update({ add: [ban('10.77.1.2', 5_000)] })
    const long = ban('10.77.1.2', 3_600_000)
    await update({ add: [long] })
    expect(nft('list', 'set', 'inet', 'sevenfold', 'addresses4')).toMatch(/10\.77\.1\.2 timeout (?:1h|59m)/u)
  }, 60_000)

  it('end on time when nothing runs any more: fail static', async () => {
    ban('10.77.1.2', 6_000)
    await makeDriver('keep').replace(new BanView(store))
    await makeDriver('keep').stop()
    expect((await seen()).slice(0, 2)).toEqual(['dropped', '200'])
    const isFree = async (): Promise<boolean> => (await seen())[0] === '200'
    expect(await until(isFree, 20_000)).toBe(true)
  }, 60_000)

  it('are put back after another program has emptied the firewall, and leave nothing behind', async () => {
    ban('10.77.1.2')
    const enforcement = new Enforcement({
      store,
      enforcer: driver,
      clock: { ...systemClock, after: (ms, run) => systemClock.after(ms === 60_000 ? 100 : ms, run) },
      log: createMemoryLog(),
      onState: () => undefined,
    })
    await enforcement.run()
    nft('delete', 'table', 'inet', 'sevenfold')
    expect(await until(() => nft('list', 'tables').includes('sevenfold'))).toBe(true)
    ban('10.77.1.3')
    expect(await until(async () => (await seen())[1] === 'dropped')).toBe(true)
    await enforcement.stop()
    expect(nft('list', 'tables').trim()).toBe('table inet nat')
  }, 60_000)
})
