import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { uuidV7 } from '@sevenfold/event'
import { createOutbound } from '@sevenfold/outbound'
import {
  createFakeClock,
  createMemoryLog,
  createTemporaryFolder,
  settle,
  startFeedServer,
} from '@sevenfold/testkit'
import type { FakeClock, FeedServer, TemporaryFolder } from '@sevenfold/testkit'
import { createNeverBan } from '../src/authority/never-ban.ts'
import { DecisionStore } from '../src/decisions/decision-store.ts'
import { DecisionGate } from '../src/desk/decision-gate.ts'
import { FeedBook } from '../src/feeds/feed-book.ts'
import type { FeedConfig } from '../src/feeds/feed-config.ts'
import { FeedService } from '../src/feeds/feed-service.ts'
import { Feed } from '../src/feeds/feed.ts'
import { ShareClient } from '../src/feeds/sharing/share-client.ts'
import { isSignalBy } from '../src/feeds/sharing/signal.ts'
import { ask, startHouse } from './house.ts'

const hour = 3_600_000
let server: FeedServer
let folder: TemporaryFolder
let clock: FakeClock
const signal = new AbortController().signal

beforeEach(async () => {
  server = await startFeedServer()
  folder = createTemporaryFolder()
  clock = createFakeClock(Date.UTC(2026, 0, 1))
})
afterEach(async () => {
  await server.close()
  folder.remove()
})

function feedConfig(change: Partial<FeedConfig> = {}): FeedConfig {
  return {
    name: 'list',
    url: `${server.url}/list.txt`,
    format: 'plain',
    everyMs: hour,
    expiryMs: 24 * hour,
    trust: 1,
    type: 'ban',
    maxSizeBytes: 65_536,
    maxChange: 0.2,
    ...change,
  }
}

function makeFeed(change: Partial<FeedConfig> = {}, secret?: string): Feed {
  const config = feedConfig(change)
  return new Feed({
    config,
    path: join(folder.path, `${config.name}.json`),
    outbound: createOutbound({ namedHosts: ['127.0.0.1'] }),
    now: () => clock.now(),
    secret,
  })
}

const values = (feed: Feed): readonly string[] => [...feed.active()].map(({ value }) => value)
const numbers = (count: number, start = 0): readonly string[] =>
  Array.from({ length: count }, (_, index) => `45.0.${(index + start) >> 8}.${(index + start) & 255}`)
const lines = (list: readonly string[]): string => `${list.join('\n')}\n`

describe('a feed', () => {
  it('is asked for only when it changed, and says the same after a restart', async () => {
    server.setDocument('/list.txt', {
      body: '45.0.0.1\n',
      headers: { 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT' },
    })
    const feed = makeFeed()
    expect(await feed.refresh(signal)).toMatchObject({ kind: 'taken', added: 1, removed: 0 })
    expect(await feed.refresh(signal)).toEqual({ kind: 'same' })
    expect(server.requests[1]?.headers).toMatchObject({
      'if-modified-since': 'Thu, 01 Jan 2026 00:00:00 GMT',
    })
    expect(server.requests[1]?.headers['if-none-match']).toMatch(/^"/)
    const again = makeFeed()
    expect(values(again)).toEqual(['45.0.0.1'])
    expect(await again.refresh(signal)).toEqual({ kind: 'same' })
  })

  it('holds for as long as its source answers, and a while longer', async () => {
    server.setDocument('/list.txt', '45.0.0.1\n')
    const feed = makeFeed()
    await feed.refresh(signal)
    server.setDocument('/list.txt', undefined)
    clock.advance(23 * hour)
    expect(await feed.refresh(signal)).toMatchObject({ kind: 'failed' })
    expect(values(feed)).toEqual(['45.0.0.1'])
    expect(feed.status()).toMatchObject({ failures: 1, entries: 1, lastError: 'list: answered 404' })
    clock.advance(hour)
    expect(values(feed)).toEqual([])
  })

  it('that is too long, not a list, or moved to a private host leaves everything as it was', async () => {
    server.setDocument('/list.txt', '45.0.0.1\n')
    const feed = makeFeed({ maxSizeBytes: 1_024 })
    await feed.refresh(signal)
    const failsWith = async (
      document: Parameters<FeedServer['setDocument']>[1],
      code: string,
    ): Promise<void> => {
      server.setDocument('/list.txt', document)
      expect(await feed.refresh(signal)).toMatchObject({ kind: 'failed', error: { code } })
      expect(values(feed)).toEqual(['45.0.0.1'])
    }
    await failsWith(lines(numbers(200)), 'FEED_UNREACHABLE')
    await failsWith('<html>busy</html>', 'FEED_FORM')
    await failsWith(
      { body: '', status: 302, headers: { location: 'http://169.254.169.254/latest' } },
      'FEED_UNREACHABLE',
    )
    await failsWith({ body: 'x', status: 500 }, 'FEED_UNREACHABLE')
  })

  it('with a digest is taken only with that digest', async () => {
    const body = '45.0.0.1\n'
    server.setDocument('/list.txt', body)
    const sha256 = createHash('sha256').update(body).digest('hex')
    expect(await makeFeed({ sha256 }).refresh(signal)).toMatchObject({ kind: 'taken' })
    expect(
      await makeFeed({
        name: 'other',
        sha256: sha256.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
      }).refresh(signal),
    ).toMatchObject({ kind: 'failed', error: { code: 'FEED_UNTRUSTED' } })
  })

  it('with a key is taken only with its signature', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')
    const body = '45.0.0.1\n'
    server.setDocument('/list.txt', body)
    server.setDocument('/list.sig', sign(null, Buffer.from(body), privateKey).toString('base64'))
    const feed = makeFeed({ signature: { url: `${server.url}/list.sig`, publicKey: raw } })
    expect(await feed.refresh(signal)).toMatchObject({ kind: 'taken' })
    server.setDocument('/list.txt', '45.0.0.2\n')
    expect(await feed.refresh(signal)).toMatchObject({ kind: 'failed', error: { code: 'FEED_UNTRUSTED' } })
    expect(values(feed)).toEqual(['45.0.0.1'])
  })

  it('that widens or shrinks by over 20 % waits for approval, and can be gone back on', async () => {
    server.setDocument('/list.txt', lines(numbers(100)))
    const feed = makeFeed()
    await feed.refresh(signal)
    server.setDocument('/list.txt', lines(numbers(130)))
    expect(await feed.refresh(signal)).toEqual({ kind: 'held', added: 30, removed: 0 })
    expect(values(feed)).toHaveLength(100)
    expect(makeFeed().status().pending).toEqual({ added: 30, removed: 0, sinceMs: clock.now() })
    expect(feed.approve()).toBe(true)
    expect(values(feed)).toHaveLength(130)
    expect(feed.approve()).toBe(false)
    expect(feed.rollBack()).toBe(true)
    expect(values(feed)).toHaveLength(100)
    server.setDocument('/list.txt', lines(numbers(10)))
    expect(await feed.refresh(signal)).toMatchObject({ kind: 'held', removed: 90 })
    expect(feed.reject()).toBe(true)
    expect(values(feed)).toHaveLength(100)
    expect(feed.reject()).toBe(false)
  })

  it('that goes back to what it was takes its waiting update back', async () => {
    server.setDocument('/list.txt', lines(numbers(100)))
    const feed = makeFeed()
    await feed.refresh(signal)
    server.setDocument('/list.txt', lines(numbers(10)))
    await feed.refresh(signal)
    server.setDocument('/list.txt', lines(numbers(101)))
    expect(await feed.refresh(signal)).toMatchObject({ kind: 'taken', added: 1 })
    expect(feed.status().pending).toBeUndefined()
  })

  it('of TAXII is read page by page', async () => {
    const objects = numbers(5).map((value, index) => ({
      type: 'indicator',
      id: `indicator--${index}`,
      pattern: `[ipv4-addr:value = '${value}']`,
      pattern_type: 'stix',
      valid_from: '2025-01-01T00:00:00Z',
    }))
    server.setObjects('c', objects, 2)
    const feed = makeFeed(
      { format: 'taxii', url: `${server.url}/taxii/collections/c/`, user: 'me' },
      'secret',
    )
    expect(await feed.refresh(signal)).toMatchObject({ kind: 'taken', added: 5 })
    expect(server.requests).toHaveLength(3)
    expect(server.requests[0]?.headers).toMatchObject({
      accept: 'application/taxii+json;version=2.1',
      authorization: `Basic ${Buffer.from('me:secret').toString('base64')}`,
    })
  })

  it('of TAXII without an end is given up', async () => {
    server.setObjects(
      'c',
      Array.from({ length: 201 }, () => ({ type: 'x' })),
      1,
    )
    const feed = makeFeed({ format: 'taxii', url: `${server.url}/taxii/collections/c` })
    expect(await feed.refresh(signal)).toMatchObject({ kind: 'failed', error: { code: 'FEED_LIMIT' } })
  })

  it('of a CrowdSec Local API starts with everything and follows what comes and goes', async () => {
    const decision = (value: string, more: object = {}): object => ({
      scope: 'Ip',
      value,
      type: 'ban',
      duration: '4h',
      origin: 'CAPI',
      ...more,
    })
    server.setDecisions([
      {
        new: [decision('45.0.0.1'), decision('45.0.0.2'), decision('45.0.0.9', { simulated: true })],
        deleted: null,
      },
      { new: null, deleted: null },
      { new: [decision('45.0.0.3')], deleted: [decision('45.0.0.1', { duration: '-1s' })] },
    ])
    const feed = makeFeed({ format: 'crowdsec-api', url: server.url }, 'the-key')
    expect(await feed.refresh(signal)).toMatchObject({ kind: 'taken', added: 2 })
    expect(await feed.refresh(signal)).toEqual({ kind: 'same' })
    expect(await feed.refresh(signal)).toMatchObject({ added: 1, removed: 1 })
    expect(values(feed)).toEqual(['45.0.0.2', '45.0.0.3'])
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/v1/decisions/stream?startup=true',
      '/v1/decisions/stream?startup=false',
      '/v1/decisions/stream?startup=false',
    ])
    expect(server.requests[0]?.headers['x-api-key']).toBe('the-key')
    expect(
      await makeFeed({ name: 'keyless', format: 'crowdsec-api', url: server.url }).refresh(signal),
    ).toMatchObject({ kind: 'failed' })
  })
})

function makeBook(feeds: readonly Feed[], threshold = 1) {
  const store = new DecisionStore({
    now: () => clock.now(),
    newUuid: () => 'u',
    journal: { append: () => undefined },
  })
  const neverBan = createNeverBan({ listed: ['45.0.0.7', '45.9.0.0/30'], proxies: [], own: [] })
  const gate = new DecisionGate(neverBan, {
    ranges: () => [],
    reasons: (address) => (address === '45.0.0.8' ? ['office'] : []),
  })
  const book = new FeedBook({
    feeds,
    threshold,
    store,
    gate,
    now: () => clock.now(),
    isSimulated: () => false,
  })
  const banned = (): readonly string[] => store.active().map(({ value }) => value)
  return { store, book, banned }
}

describe('feeds together', () => {
  it('ban where their trust adds up, with the names of those that agree', async () => {
    server.setDocument('/a', '45.0.0.1\n45.0.0.2\n')
    server.setDocument('/b', '45.0.0.2\n45.0.0.3\n')
    const a = makeFeed({ name: 'a', url: `${server.url}/a`, trust: 0.5 })
    const b = makeFeed({ name: 'b', url: `${server.url}/b`, trust: 0.5, type: 'captcha' })
    await a.refresh(signal)
    await b.refresh(signal)
    const { book, store, banned } = makeBook([a, b])
    expect(book.reconcile()).toEqual({ made: 1, ended: 0, spared: 0 })
    expect(banned()).toEqual(['45.0.0.2'])
    expect(store.active()[0]).toMatchObject({ origin: 'lists', scenario: 'a+b', type: 'ban' })
    server.setDocument('/b', '45.0.0.3\n')
    await b.refresh(signal)
    expect(book.reconcile()).toEqual({ made: 0, ended: 1, spared: 0 })
  })

  it('never ban whom nobody may ban, and spare allowed addresses inside ranges', async () => {
    server.setDocument('/list.txt', lines(['45.0.0.6', '45.0.0.7', '45.0.0.8', '45.9.0.0/29', '0.0.0.0/0']))
    const feed = makeFeed()
    await feed.refresh(signal)
    const { book, banned } = makeBook([feed])
    expect(book.reconcile()).toEqual({ made: 2, ended: 0, spared: 3 })
    expect(banned()).toEqual(['45.0.0.6', '45.9.0.4/30'])
  })

  it('leave decisions of others alone, and do not make news of each confirmation', async () => {
    server.setDocument('/list.txt', '45.0.0.1\n')
    const feed = makeFeed()
    await feed.refresh(signal)
    const { book, store } = makeBook([feed])
    store.add({
      type: 'ban',
      scope: 'ip',
      value: '45.0.0.99',
      untilMs: clock.now() + hour,
      origin: 'cscli',
      scenario: 'x',
      simulated: false,
    })
    book.reconcile()
    const { version } = store
    clock.advance(hour)
    await feed.refresh(signal)
    expect(book.reconcile()).toEqual({ made: 0, ended: 0, spared: 0 })
    expect(store.version).toBe(version)
    clock.advance(12 * hour)
    await feed.refresh(signal)
    expect(book.reconcile()).toEqual({ made: 1, ended: 1, spared: 0 })
    expect(store.longest({ type: 'ban', scope: 'ip', value: '45.0.0.1' })?.untilMs).toBe(
      clock.now() + 24 * hour,
    )
  })
})

describe('the service', () => {
  it('looks in time, waits longer after failures, and reports what it holds', async () => {
    server.setDocument('/list.txt', lines(numbers(100)))
    const feed = makeFeed()
    const { book, banned } = makeBook([feed])
    const held: string[] = []
    const service = new FeedService({
      feeds: [feed],
      book,
      clock,
      log: createMemoryLog(),
      onHeld: (name) => held.push(name),
    })
    service.start()
    await service.act('list', 'refresh')
    // Two of the hundred are spared.
    expect(banned()).toHaveLength(98)
    server.setDocument('/list.txt', lines(numbers(5)))
    await service.act('list', 'refresh')
    expect(held).toEqual(['list'])
    expect(await service.act('list', 'approve')).toBe(true)
    expect(banned()).toHaveLength(5)
    expect(await service.act('list', 'approve')).toBe(false)
    expect(await service.act('list', 'rollback')).toBe(true)
    expect(banned()).toHaveLength(98)
    expect(await service.act('nope', 'refresh')).toBeUndefined()
    const before = server.requests.length
    clock.advance(hour)
    await settle()
    await service.stop()
    expect(server.requests.length).toBeGreaterThanOrEqual(before)
    expect(service.statuses()).toMatchObject([{ name: 'list', format: 'plain', trust: 1 }])
  })
})

const plainFeed = (url: string, change: object = {}): object => ({
  name: 'list',
  url,
  format: 'plain',
  everyMs: hour,
  expiryMs: hour,
  trust: 1,
  type: 'ban',
  maxSizeBytes: 65_536,
  maxChange: 0.2,
  ...change,
})

describe('a client of an exchange', () => {
  /** A client on a store, with what the exchange was told, in order. */
  function sharing(wishes: readonly { value: string; decidedMs: number }[]) {
    const made = wishes.map(({ value, decidedMs }, i) => ({
      id: i + 1,
      // The time of a UUID of version 7 is its first 48 bits.
      uuid: `${decidedMs.toString(16).padStart(12, '0')}-7000-8000-000000000000`,
      type: 'ban',
      scope: 'ip' as const,
      value,
      untilMs: clock.now() + 10 * hour,
      origin: 'crowdsec',
      scenario: 'probing',
      simulated: false,
    }))
    const store = new DecisionStore({
      now: () => clock.now(),
      newUuid: () => uuidV7(),
      journal: { append: () => undefined },
      records: made.map((decision) => ({ op: 'add', decision })),
    })
    const client = new ShareClient({
      exchange: server.url,
      reporter: 'me',
      sign: () => 'signature',
      store,
      outbound: createOutbound({ namedHosts: ['127.0.0.1'] }),
      clock,
      log: createMemoryLog(),
    })
    const told = (): string[] =>
      server.requests.flatMap(({ body }) =>
        (JSON.parse(Buffer.from(body).toString()) as { signals: { signal: string }[] }).signals.map(
          ({ signal }) => (JSON.parse(signal) as { value: string }).value,
        ),
      )
    return { client, store, told }
  }

  it('tells after a restart what was decided within the last hour, which may not have arrived', async () => {
    server.setDocument('/v1/exchange/signals', '{}')
    const { client, told } = sharing([
      { value: '45.0.0.1', decidedMs: clock.now() - 2 * hour },
      { value: '45.0.0.2', decidedMs: clock.now() - 1_000 },
    ])
    await client.send()
    await client.stop()
    expect(told()).toEqual(['45.0.0.2'])
  })

  it('loses none that come while others are on their way, also when so many wait that the oldest go', async () => {
    server.setDocument('/v1/exchange/signals', '{}')
    const many = Array.from({ length: 5_000 }, (_, i) => ({
      value: `45.1.${i >> 8}.${i & 255}`,
      decidedMs: clock.now() - 1_000,
    }))
    const { client, store, told } = sharing(many)
    const sending = client.send()
    const base = {
      type: 'ban',
      scope: 'ip',
      untilMs: clock.now() + hour,
      origin: 'crowdsec',
      scenario: 'probing',
      simulated: false,
    } as const
    // As many as push out what is on its way.
    store.addAll(Array.from({ length: 150 }, (_, i) => ({ ...base, value: `45.2.0.${i}` })))
    await sending
    for (let i = 0; i < 30; i += 1) await client.send()
    await client.stop()
    expect(told()).toEqual([
      ...many.map(({ value }) => value),
      ...Array.from({ length: 150 }, (_, i) => `45.2.0.${i}`),
    ])
  })

  it('sends own bans of public addresses, and tries again what did not arrive', async () => {
    const store = new DecisionStore({
      now: () => clock.now(),
      newUuid: () => uuidV7(),
      journal: { append: () => undefined },
    })
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')
    const client = new ShareClient({
      exchange: server.url,
      reporter: 'me',
      sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64'),
      store,
      outbound: createOutbound({ namedHosts: ['127.0.0.1'] }),
      clock,
      log: createMemoryLog(),
    })
    const ban = {
      type: 'ban',
      scope: 'ip',
      untilMs: clock.now() + hour,
      origin: 'crowdsec',
      scenario: 'probing',
      simulated: false,
    } as const
    store.addAll([
      { ...ban, value: '45.0.0.1' },
      { ...ban, value: '10.0.0.1' },
      { ...ban, value: '45.0.0.2', origin: 'lists' },
      { ...ban, value: '45.0.0.3', origin: 'cscli' },
      { ...ban, value: '45.0.0.4', simulated: true },
      { ...ban, value: '45.0.0.0/24', scope: 'range' },
      { ...ban, value: '45.0.0.5', machine: 'web1' },
    ])
    await client.send()
    expect(server.requests).toHaveLength(1)
    server.setDocument('/v1/exchange/signals', '{}')
    await client.send()
    await client.send()
    expect(server.requests).toHaveLength(2)
    const { signals } = JSON.parse(Buffer.from(server.requests[1]?.body ?? []).toString()) as {
      signals: { signal: string; signature: string }[]
    }
    expect(signals.map(({ signal: text }) => JSON.parse(text) as unknown)).toEqual([
      { v: 1, reporter: 'me', value: '45.0.0.1', scenario: 'probing', atMs: clock.now() },
    ])
    expect(signals.every((one) => isSignalBy(one, raw))).toBe(true)
    await client.stop()
  })
})

describe('installations that read each other', () => {
  it('take own bans as a plain list, in the form of CrowdSec, from the Local API and by TAXII', async () => {
    const first = await startHouse(join(folder.path, 'a'))
    const key = (
      JSON.parse(
        (await ask(first.socket, { method: 'POST', path: '/v1/bouncers', body: { name: 'reader' } })).body,
      ) as { key: string }
    ).key
    for (const value of ['45.0.0.1', '45.1.0.0/24', '2a00::1']) {
      await ask(first.socket, {
        method: 'POST',
        path: '/v1/decisions',
        body: {
          scope: value.includes('/') ? 'range' : 'ip',
          value,
          type: 'ban',
          duration: '2h',
          reason: 'r',
          actor: 't',
        },
      })
    }
    const headers = { 'x-api-key': key }
    expect((await ask(first.url, { path: '/v1/export/plain' })).status).toBe(403)
    expect(
      (await ask(first.url, { path: '/v1/export/plain', headers })).body.trim().split('\n').toSorted(),
    ).toEqual(['2a00::1', '45.0.0.1', '45.1.0.0/24'])
    const discovery = JSON.parse((await ask(first.url, { path: '/taxii2/', headers })).body) as {
      default: string
    }
    const { collections } = JSON.parse(
      (await ask(first.url, { path: `${discovery.default}collections/`, headers })).body,
    ) as { collections: { id: string }[] }
    const read = async (format: FeedConfig['format'], path: string): Promise<readonly string[]> => {
      const bounded = { name: format, format, url: `${first.url}${path}` }
      // Keys of bouncers travel in a header of their own; a client of the export sends it by hand.
      const outbound = createOutbound({ namedHosts: ['127.0.0.1'] })
      const feed = new Feed({
        config: feedConfig(bounded),
        path: join(folder.path, `${format}.json`),
        outbound: {
          request: (url, request) =>
            outbound.request(url, { ...request, headers: { ...request?.headers, ...headers } }),
        },
        now: () => Date.now(),
        secret: key,
      })
      const outcome = await feed.refresh(signal)
      expect(outcome).toMatchObject({ kind: 'taken', added: 3, unreadable: 0 })
      return values(feed).toSorted()
    }
    const expected = ['2a00::1', '45.0.0.1', '45.1.0.0/24']
    expect(await read('plain', '/v1/export/plain')).toEqual(expected)
    expect(await read('crowdsec', '/v1/export/crowdsec')).toEqual(expected)
    expect(await read('crowdsec-api', '/')).toEqual(expected)
    expect(await read('taxii', `${discovery.default}collections/${collections[0]?.id ?? ''}/`)).toEqual(
      expected,
    )
    await first.stop()
  })

  it('apply a feed that the configuration names, list and act on it, and do not export it', async () => {
    server.setDocument('/list.txt', '45.0.0.1\n203.0.113.5\n')
    const house = await startHouse(join(folder.path, 'b'), {
      feeds: { threshold: 1, lists: [plainFeed(`${server.url}/list.txt`)] },
    })
    await ask(house.socket, { method: 'POST', path: '/v1/feeds/list/refresh', body: { actor: 't' } })
    const decisions = JSON.parse((await ask(house.socket, { path: '/v1/decisions' })).body) as {
      value: string
      origin: string
    }[]
    // 203.0.113.0/24 is on the never-ban list of the test house.
    expect(decisions.map(({ value, origin }) => [value, origin])).toEqual([['45.0.0.1', 'lists']])
    expect((await ask(house.socket, { path: '/v1/export/plain' })).body).toBe('')
    expect(JSON.parse((await ask(house.socket, { path: '/v1/feeds' })).body)).toMatchObject([
      { name: 'list', entries: 2, failures: 0 },
    ])
    expect(
      (await ask(house.socket, { method: 'POST', path: '/v1/feeds/list/approve', body: {} })).status,
    ).toBe(409)
    expect(
      (await ask(house.socket, { method: 'POST', path: '/v1/feeds/list/explode', body: {} })).status,
    ).toBe(404)
    expect(
      (await ask(house.socket, { method: 'POST', path: '/v1/feeds/nope/refresh', body: {} })).status,
    ).toBe(404)
    expect((await ask(house.url, { path: '/v1/feeds' })).status).toBe(403)
    await house.stop()
  })

  it('send signed signals to an exchange, which lists whom enough of them report', async () => {
    const houses = await Promise.all(['one', 'two'].map((name) => startHouse(join(folder.path, name))))
    const keys = await Promise.all(
      houses.map(
        async ({ socket }) =>
          (JSON.parse((await ask(socket, { path: '/v1/feeds/identity' })).body) as { publicKey: string })
            .publicKey,
      ),
    )
    await Promise.all(houses.map((house) => house.stop()))
    const reporters = keys.map((publicKey, index) => ({
      name: ['one', 'two'][index] ?? '',
      publicKey,
      group: `g${index}`,
      trust: 0.5,
    }))
    const feeds = {
      threshold: 1,
      lists: [],
      exchange: { reporters, minReporters: 2, minGroups: 2, minTrust: 1, windowMs: 24 * hour },
    }
    const exchange = await startHouse(join(folder.path, 'exchange'), { feeds })
    const { loadOrCreateKeys } = await import('@sevenfold/layer')
    const { signSignal } = await import('../src/feeds/sharing/signal.ts')
    const send = (name: string): ReturnType<typeof ask> => {
      const own = loadOrCreateKeys(join(folder.path, name, 'detection', 'keys'))
      const signed = signSignal(
        { v: 1, reporter: name, value: '45.83.0.9', scenario: 's', atMs: Date.now() },
        (text) => own.sign(text),
      )
      return ask(exchange.url, {
        method: 'POST',
        path: '/v1/exchange/signals',
        body: { signals: [signed, { signal: 5 }] },
      })
    }
    expect(JSON.parse((await send('one')).body)).toEqual({ taken: 1, refused: { malformed: 1 } })
    expect((await ask(exchange.socket, { path: '/v1/exchange/list' })).body).toBe('')
    await send('two')
    expect((await ask(exchange.socket, { path: '/v1/exchange/list' })).body).toBe('45.83.0.9\n')
    expect(JSON.parse((await ask(exchange.socket, { path: '/v1/exchange/reporters' })).body)).toMatchObject([
      { name: 'one', addresses: 1, refused: 0 },
      { name: 'two' },
    ])
    expect(
      (await ask(exchange.url, { method: 'POST', path: '/v1/exchange/signals', body: { signals: 'x' } }))
        .status,
    ).toBe(400)
    expect((await ask(exchange.url, { path: '/v1/exchange/list' })).status).toBe(403)
    await exchange.stop()
    // What was acknowledged is there after a restart; the operator may take a reporter's word back.
    const again = await startHouse(join(folder.path, 'exchange'), { feeds })
    expect((await ask(again.socket, { path: '/v1/exchange/list' })).body).toBe('45.83.0.9\n')
    const pardon = (name: string, body: object): ReturnType<typeof ask> =>
      ask(again.socket, { method: 'POST', path: `/v1/exchange/reporters/${name}/pardon`, body })
    expect((await pardon('one', {})).status).toBe(400)
    expect((await pardon('nobody', { reason: 'x' })).status).toBe(404)
    const pardoned = await pardon('one', { reason: 'key was lent', actor: 'ana' })
    expect(JSON.parse(pardoned.body)).toMatchObject({ name: 'one', addresses: 0, suspended: false })
    expect((await ask(again.socket, { path: '/v1/exchange/list' })).body).toBe('')
    await again.stop()
    const last = await startHouse(join(folder.path, 'exchange'), { feeds })
    expect((await ask(last.socket, { path: '/v1/exchange/list' })).body).toBe('')
    await last.stop()
  })
})
