import { cpSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HostLink, readHostFiles, renewEnrolment, systemClock } from '@sevenfold/layer'
import type { PartContext } from '@sevenfold/layer'
import { tailLedger } from '@sevenfold/ledger'
import { createMemoryLog } from '@sevenfold/testkit'
import { HostsHouse, until } from './hosts-house.ts'

// Processes, disks and handshakes of a machine that may do much else meanwhile.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let house: HostsHouse
beforeEach(async () => {
  house = new HostsHouse()
  await house.start()
})
afterEach(() => house.close())

async function shipped(edge: PartContext<object>): Promise<void> {
  await edge.spool.flush()
  await until('the spool empties', () => edge.spool.reader('ledger').backlog() === 0)
}

describe('a host that was enrolled', () => {
  it('sends its events over mTLS, and each names the host', async () => {
    const edge = await house.edge(await house.joined('web2'))
    expect(edge.agentId).toBe('edge/web2.w0')
    for (let i = 0; i < 20; i += 1) edge.emit(edge.events.notice(`test-${i}`, `number ${i}`))
    edge.spool.appendLine('low', (sequence, agentJson) => {
      const event = {
        id: 'x1',
        kind: 'event',
        category: ['web'],
        type: ['access'],
        action: 'access',
        dataset: 'sevenfold.edge.access',
        module: 'sevenfold',
        sequence,
      }
      return `{"@timestamp":"2026-01-01T00:00:00.000Z","ecs":{"version":"9.4.0"},"event":${JSON.stringify(event)},"agent":${agentJson},"sevenfold":{"v":1,"kind":"access","layer":"edge","lane":"low"},"message":"prebuilt"}`
    })
    await shipped(edge)
    const lines: { host?: { name?: string }; message?: string; agent: { id: string } }[] = []
    for await (const { line } of tailLedger(join(house.folder, 'ledger')))
      lines.push(JSON.parse(line) as (typeof lines)[number])
    const own = lines.filter(({ agent }) => agent.id === 'edge/web2.w0')
    expect(own.filter(({ message }) => message?.startsWith('number'))).toHaveLength(20)
    expect(own.some(({ message }) => message === 'prebuilt')).toBe(true)
    expect(own.every(({ host }) => host?.name === 'web2')).toBe(true)
  })

  it('keeps every event while the ledger is away, and sends them all when it is back', async () => {
    const edge = await house.edge(await house.joined('web2'))
    edge.emit(edge.events.notice('before', 'before'))
    await shipped(edge)
    await house.stop()
    for (let i = 0; i < 50; i += 1) edge.emit(edge.events.notice(`away-${i}`, `away ${i}`))
    await edge.spool.flush()
    await house.start()
    await shipped(edge)
    expect((await house.messages()).filter((text) => text.startsWith('away'))).toHaveLength(50)
  })

  it('is refused once it is revoked, on connections that stand and on new ones', async () => {
    const dataDir = await house.joined('web2')
    const edge = await house.edge(dataDir)
    edge.emit(edge.events.notice('before', 'before'))
    await shipped(edge)
    const answer = await house.admin('POST', '/v1/revoke', { host: 'web2', actor: 'test', reason: 'lost' })
    expect(answer.body).toEqual({ revoked: [{ host: 'web2', layer: 'edge' }] })
    edge.emit(edge.events.notice('after', 'after'))
    await edge.spool.flush()
    await until('a refusal is noted', () => house.log.events().includes('host-refused'))
    await until('the refusal is an event', async () =>
      (await house.messages()).some((text) =>
        text.includes('edge on web2 came with a certificate that is revoked'),
      ),
    )
    expect(await house.messages()).not.toContain('after')
    const link = HostLink.open({
      partDir: join(dataDir, 'edge'),
      agentId: (host) => `edge/${host}.x`,
      slot: 'x',
      clock: systemClock,
      log: createMemoryLog(),
    })
    if (link === undefined) throw new Error('not enrolled')
    await expect(renewEnrolment(join(dataDir, 'edge'), link)).rejects.toThrow(/socket|ECONNRESET|hang up/)
    link.client('ledger').close()
  })

  it('renews its certificate with a new key, and goes on', async () => {
    const dataDir = await house.joined('web2')
    const partDir = join(dataDir, 'edge')
    const before = readHostFiles(partDir)
    const edge = await house.edge(dataDir)
    const link = HostLink.open({
      partDir,
      agentId: (host) => `edge/${host}.x`,
      slot: 'x',
      clock: systemClock,
      log: createMemoryLog(),
    })
    if (link === undefined) throw new Error('not enrolled')
    await renewEnrolment(partDir, link)
    link.client('ledger').close()
    const after = readHostFiles(partDir)
    expect(after?.key).not.toBe(before?.key)
    expect(after?.certificate.identity).toEqual(before?.certificate.identity)
    edge.emit(edge.events.notice('renewed', 'renewed'))
    await shipped(edge)
    expect(await house.messages()).toContain('renewed')
  })

  it('says in its heartbeat when its certificate ends', async () => {
    const dataDir = await house.joined('web2')
    const edge = await house.edge(dataDir)
    const ends = readHostFiles(join(dataDir, 'edge'))?.certificate.notAfterMs ?? 0
    expect(edge.heartbeat('').expiry.certificates).toBe(new Date(ends).toISOString())
    edge.setExpiry({ certificates: '2026-01-01T00:00:00.000Z' })
    expect(edge.heartbeat('').expiry.certificates).toBe('2026-01-01T00:00:00.000Z')
  })

  it('is enrolled again with a fresh token, which ends what it had before', async () => {
    const dataDir = await house.joined('web2')
    const old = readHostFiles(join(dataDir, 'edge'))
    const first = await house.edge(dataDir)
    first.emit(first.events.notice('first', 'first'))
    await shipped(first)
    await first.stop()
    await house.join(dataDir, 'web2')
    const second = await house.edge(dataDir)
    second.emit(second.events.notice('second', 'second'))
    await shipped(second)
    expect(await house.messages()).toEqual(expect.arrayContaining(['first', 'second']))
    const fresh = readHostFiles(join(dataDir, 'edge'))
    expect(fresh?.certificate.identity.enrolment).not.toBe(old?.certificate.identity.enrolment)
  })
})

describe('a copied data folder', () => {
  it('is refused and reported while the original goes on', async () => {
    const dataDir = await house.joined('web2')
    const copy = `${dataDir}-copy`
    house.later(() => rmSync(copy, { recursive: true, force: true }))
    const original = await house.edge(dataDir)
    original.emit(original.events.notice('one', 'one'))
    await shipped(original)
    await original.stop()
    cpSync(dataDir, copy, { recursive: true })
    rmSync(join(copy, 'edge', 'spool', 'web2.w0', 'lock'), { force: true })
    // The original runs again, which uses up the ticket that the copy has.
    const again = await house.edge(dataDir)
    again.emit(again.events.notice('two', 'two'))
    await shipped(again)
    again.emit(again.events.notice('three', 'three'))
    await shipped(again)
    await again.stop()
    const last = await house.edge(dataDir)
    last.emit(last.events.notice('four', 'four'))
    await shipped(last)
    const log = createMemoryLog()
    const cloned = await house.edge(copy, log)
    cloned.emit(cloned.events.notice('of the copy', 'of the copy'))
    await until('the copy is refused', () => log.events().includes('host-cloned'))
    last.emit(last.events.notice('five', 'five'))
    await shipped(last)
    await until('it is an event', async () =>
      (await house.messages()).some((text) => text.includes('edge on web2 is used from two places')),
    )
    const messages = await house.messages()
    expect(messages).toEqual(expect.arrayContaining(['one', 'two', 'three', 'four', 'five']))
    expect(messages).not.toContain('of the copy')
    // In whose name, so that it joins the incident of that part.
    for await (const { line } of tailLedger(join(house.folder, 'ledger')))
      if (line.includes('"receive-cloned"'))
        expect(JSON.parse(line)).toMatchObject({ labels: { part: 'edge' } })
  })

  it('that starts before the original has said a word again shuts out one of the two, and both never work', async () => {
    const dataDir = await house.joined('web2')
    const copy = `${dataDir}-copy`
    house.later(() => rmSync(copy, { recursive: true, force: true }))
    const original = await house.edge(dataDir)
    original.emit(original.events.notice('one', 'one'))
    await shipped(original)
    cpSync(dataDir, copy, { recursive: true })
    rmSync(join(copy, 'edge', 'spool', 'web2.w0', 'lock'), { force: true })
    const cloned = await house.edge(copy)
    let round = 0
    await until('one of the two is found out', () => {
      round += 1
      for (const edge of [original, cloned]) edge.emit(edge.events.notice(`round-${round}`, `round ${round}`))
      return house.log.events().includes('receive-cloned')
    })
  })
})

describe('the authority', () => {
  it('keeps its keys for itself, and the root is needed for nothing but its certificate', async () => {
    const folder = join(house.folder, 'ledger', 'hosts', 'authority')
    for (const file of ['root.key', 'issuing.key'])
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600)
    await house.stop()
    rmSync(join(folder, 'root.key'))
    await house.start()
    await house.joined('web3')
  })

  it('stores tokens only as hashes', async () => {
    const token = await house.token('web2')
    const stored = readFileSync(join(house.folder, 'ledger', 'hosts', 'tokens.json'), 'utf8')
    const secret = (JSON.parse(Buffer.from(token.slice(4), 'base64url').toString()) as { s: string }).s
    expect(stored).toContain('"host": "web2"')
    expect(stored).not.toContain(secret)
  })
})
