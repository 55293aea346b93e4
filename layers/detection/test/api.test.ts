import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { ask, createTemporaryFolder, followLive, startHouse } from './house.ts'
import type { House } from './house.ts'

let folder: TemporaryFolder
let house: House
let key: string

beforeEach(async () => {
  folder = createTemporaryFolder()
  house = await startHouse(folder.path)
  const added = await ask(house.socket, {
    method: 'POST',
    path: '/v1/bouncers',
    body: { name: 'nginx', actor: 'ana' },
  })
  key = (JSON.parse(added.body) as { key: string }).key
})
afterEach(async () => {
  await house.stop()
  folder.remove()
})

interface Decision {
  readonly id: number
  readonly value: string
  readonly scope: string
  readonly duration: string
}
interface Stream {
  readonly new: readonly Decision[]
  readonly deleted: readonly Decision[]
}

async function ban(value: string, more: Readonly<Record<string, unknown>> = {}): Promise<Decision> {
  const answer = await ask(house.socket, { method: 'POST', path: '/v1/decisions', body: { value, ...more } })
  if (answer.status !== 201) throw new Error(answer.body)
  return JSON.parse(answer.body) as Decision
}
const unban = (id: number) =>
  ask(house.socket, {
    method: 'DELETE',
    path: `/v1/decisions/${id}`,
    body: { reason: 'mistake', actor: 'ana' },
  })
const tcp = (
  path: string,
  headers: Readonly<Record<string, string>> = { 'x-api-key': key },
  method = 'GET',
) => ask(house.url, { path, headers, method })
const stream = async (query: string, use = key): Promise<Stream> =>
  JSON.parse((await tcp(`/v1/decisions/stream${query}`, { 'x-api-key': use })).body) as Stream
const values = (decisions: readonly Decision[]): string[] => decisions.map(({ value }) => value).toSorted()

describe('pages of decisions', () => {
  it('follow one another by number, under the same filters', async () => {
    for (let i = 1; i <= 7; i += 1) await ban(`198.18.0.${i}`, { scenario: i % 2 === 0 ? 'even' : 'odd' })
    const page = async (query: string): Promise<number[]> => {
      const answer = await ask(house.socket, { path: `/v1/decisions?${query}` })
      return (JSON.parse(answer.body) as Decision[]).map(({ id }) => id)
    }
    expect(await page('limit=3')).toEqual([1, 2, 3])
    expect(await page('limit=3&after=3')).toEqual([4, 5, 6])
    expect(await page('limit=3&after=6')).toEqual([7])
    expect(await page('limit=3&after=7')).toEqual([])
    expect(await page('limit=0')).toEqual([])
    expect(await page('scenario=even&limit=2')).toEqual([2, 4])
    expect(await page('scenario=even&limit=2&after=4')).toEqual([6])
    for (const query of ['limit=x', 'limit=-1', 'after=1.5', 'after=1e3', `limit=${'9'.repeat(16)}`])
      expect((await ask(house.socket, { path: `/v1/decisions?${query}` })).status).toBe(400)
  })
})

describe('the door over TCP', () => {
  it('asks for a key, in the words of CrowdSec', async () => {
    for (const headers of [{}, { 'x-api-key': 'wrong' }, { 'x-api-key': '' }, { 'x-api-key': `${key}x` }]) {
      expect(await tcp('/v1/decisions', headers)).toEqual({
        status: 403,
        body: '{"message":"access forbidden"}',
      })
    }
    expect((await tcp('/v1/decisions')).status).toBe(200)
  })

  it('is closed to foreign hosts and to pages, whatever key they have', async () => {
    const withKey = { 'x-api-key': key }
    for (const headers of [
      { ...withKey, host: 'rebound.example' },
      { ...withKey, host: 'localhost.rebound.example' },
      { ...withKey, origin: 'http://localhost' },
      { ...withKey, 'sec-fetch-site': 'cross-site' },
      { ...withKey, 'sec-fetch-site': 'same-origin' },
    ]) {
      expect((await tcp('/v1/decisions', headers)).status).toBe(421)
    }
    expect((await tcp('/v1/decisions', { ...withKey, host: 'LOCALHOST:1234' })).status).toBe(200)
  })

  it('changes nothing: that is for the socket', async () => {
    const { id } = await ban('198.18.0.1')
    expect((await tcp(`/v1/decisions/${id}`, undefined, 'DELETE')).status).toBe(403)
    expect(
      (
        await ask(house.url, {
          method: 'POST',
          path: '/v1/bouncers',
          headers: { 'x-api-key': key },
          body: { name: 'x' },
        })
      ).status,
    ).toBe(403)
    expect((await tcp('/v1/status')).status).toBe(404)
    expect((await tcp('/v1/bouncers')).status).toBe(404)
  })

  it('answers a health check without a key', async () => {
    expect((await tcp('/health', {})).status).toBe(200)
  })

  it('refuses malformed paths without falling over', async () => {
    for (const path of ['//', '/%', '/v1/decisions/%00', `/${'x'.repeat(4000)}`])
      expect((await tcp(path)).status).toBeGreaterThanOrEqual(400)
    expect((await tcp('/v1/decisions')).status).toBe(200)
  })
})

describe('keys of bouncers', () => {
  it('are stored hashed, in a file of their owner', () => {
    const path = join(folder.path, 'detection', 'bouncers.json')
    expect(readFileSync(path, 'utf8')).not.toContain(key)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('end with their bouncer', async () => {
    expect((await ask(house.socket, { path: '/v1/bouncers' })).body).toContain('"nginx"')
    expect((await ask(house.socket, { method: 'DELETE', path: '/v1/bouncers/nginx' })).status).toBe(204)
    expect((await ask(house.socket, { method: 'DELETE', path: '/v1/bouncers/nginx' })).status).toBe(404)
    expect((await tcp('/v1/decisions')).status).toBe(403)
  })

  it('are refused for a name that is taken or malformed', async () => {
    const add = (name: unknown) => ask(house.socket, { method: 'POST', path: '/v1/bouncers', body: { name } })
    expect((await add('nginx')).status).toBe(409)
    for (const name of ['', 'a b', '../x', 'x'.repeat(65), 7]) expect((await add(name)).status).toBe(400)
  })

  it('can come from the configuration, by reference', async () => {
    await house.stop()
    const file = join(folder.path, 'key')
    writeFileSync(file, 'a-key-of-some-length\n')
    house = await startHouse(folder.path, {
      api: {
        listen: { host: '127.0.0.1', port: 0 },
        hosts: ['127.0.0.1'],
        bouncers: [{ name: 'configured', key: { file } }],
      },
    })
    expect((await tcp('/v1/decisions', { 'x-api-key': 'a-key-of-some-length' })).status).toBe(200)
    expect((await tcp('/v1/decisions')).status).toBe(200)
  })
})

describe('GET /v1/decisions', () => {
  it('answers null for a bouncer where there is nothing, and a list on the socket', async () => {
    expect((await tcp('/v1/decisions')).body).toBe('null')
    expect((await ask(house.socket, { path: '/v1/decisions' })).body).toBe('[]')
  })

  it('answers in the form of CrowdSec', async () => {
    await ban('198.18.0.1', { duration: '4h', reason: 'test' })
    const [decision] = JSON.parse((await tcp('/v1/decisions')).body) as Decision[]
    expect(decision).toMatchObject({
      id: 1,
      type: 'ban',
      scope: 'Ip',
      value: '198.18.0.1',
      origin: 'manual',
      scenario: 'manual: test',
    })
    expect(decision?.duration).toMatch(/^3h59m\d+(?:\.\d+)?s$/u)
  })

  it('has the filters of CrowdSec', async () => {
    await ban('198.18.0.1')
    await ban('198.18.0.0/24', { scope: 'Range', reason: 'net' })
    await ban('2001:DB8::1', { type: 'captcha', origin: 'lists' })
    await ban('ana', { scope: 'username' })
    const find = async (query: string): Promise<string[]> =>
      values((JSON.parse((await tcp(`/v1/decisions?${query}`)).body) as Decision[] | null) ?? [])
    expect(await find('ip=198.18.0.1')).toEqual(['198.18.0.0/24', '198.18.0.1'])
    expect(await find('ip=198.18.0.9')).toEqual(['198.18.0.0/24'])
    expect(await find('ip=::ffff:198.18.0.9')).toEqual(['198.18.0.0/24'])
    expect(await find('range=198.18.0.0/25')).toEqual(['198.18.0.0/24'])
    expect((await tcp('/v1/decisions?ip=nonsense')).status).toBe(400)
    expect(await find('scope=ip')).toEqual(['198.18.0.1', '2001:db8::1'])
    expect(await find('scopes=Range,username')).toEqual(['198.18.0.0/24', 'ana'])
    expect(await find('value=2001:db8:0::1')).toEqual(['2001:db8::1'])
    expect(await find('type=captcha')).toEqual(['2001:db8::1'])
    expect(await find('origins=lists')).toEqual(['2001:db8::1'])
    expect(await find('scenarios_containing=NET')).toEqual(['198.18.0.0/24'])
    expect(await find('scenarios_not_containing=net&scope=range')).toEqual([])
  })

  it('answers HEAD without a body', async () => {
    expect(await tcp('/v1/decisions', undefined, 'HEAD')).toEqual({ status: 200, body: '' })
  })
})

describe('GET /v1/decisions/stream', () => {
  it('gives everything at the start and then what changed, to each bouncer by itself', async () => {
    const { id } = await ban('198.18.0.1')
    expect(values((await stream('?startup=true')).new)).toEqual(['198.18.0.1'])
    await ban('198.18.0.2')
    await unban(id)
    const delta = await stream('?startup=false')
    expect([values(delta.new), values(delta.deleted)]).toEqual([['198.18.0.2'], ['198.18.0.1']])
    expect(await stream('')).toEqual({ new: [], deleted: [] })
    const other = await ask(house.socket, {
      method: 'POST',
      path: '/v1/bouncers',
      body: { name: 'firewall' },
    })
    const otherKey = (JSON.parse(other.body) as { key: string }).key
    expect(values((await stream('', otherKey)).new)).toEqual(['198.18.0.2'])
  })

  it('does not take a ban back while another decision holds it up', async () => {
    const short = await ban('198.18.0.1', { duration: '1h' })
    const long = await ban('198.18.0.1', { duration: '2h' })
    const start = await stream('?startup=true')
    expect(start.new.map(({ id }) => id)).toEqual([long.id])
    await unban(short.id)
    expect((await stream('')).deleted).toEqual([])
    await unban(long.id)
    expect(values((await stream('')).deleted)).toEqual(['198.18.0.1'])
  })

  it('gives the decision that is left when the longest one is taken back', async () => {
    await ban('198.18.0.1', { duration: '1h' })
    const long = await ban('198.18.0.1', { duration: '2h' })
    await stream('?startup=true')
    await unban(long.id)
    expect((await stream('')).deleted).toEqual([])
  })

  it('leaves out scopes that break a firewall unless they are asked for', async () => {
    await ban('FR', { scope: 'country' })
    await ban('198.18.0.0/24', { scope: 'range' })
    expect(values((await stream('?startup=true')).new)).toEqual(['198.18.0.0/24'])
    expect(values((await stream('?startup=true&scopes=country')).new)).toEqual(['FR'])
  })

  it('gives durations of ended decisions as negative', async () => {
    await ban('198.18.0.1', { duration: '1s' })
    await stream('?startup=true')
    const live = await followLive(house.socket)
    await live.until(
      ({ remove, version }) => version > 1 && (remove.length > 0 || live.deltas[0]?.delta.add.length === 0),
    )
    live.close()
    const [ended] = (await stream('')).deleted
    expect(ended?.duration).toMatch(/^-\d/u)
  })
})

describe('POST /v1/decisions', () => {
  it.each([
    [{ value: 'nonsense' }, 400],
    [{ value: '198.18.0.1/99', scope: 'range' }, 400],
    [{ value: '198.18.0.1', scope: 'planet' }, 400],
    [{ value: '198.18.0.1', type: 'explode' }, 400],
    [{ value: '198.18.0.1', duration: 'long' }, 400],
    [{ value: '198.18.0.1', duration: '0s' }, 400],
    [{ value: '198.18.0.1', reason: 'x'.repeat(501) }, 400],
    [{ value: '', scope: 'username' }, 400],
    [{}, 400],
    [{ value: '127.0.0.1' }, 409],
    [{ value: '203.0.113.9' }, 409],
    [{ value: '0.0.0.0/0', scope: 'range' }, 409],
    [{ value: '203.0.0.0/8', scope: 'range' }, 409],
    [{ value: '127.0.0.1', type: 'allow' }, 201],
  ])('answers %j with %i', async (body, status) => {
    expect((await ask(house.socket, { method: 'POST', path: '/v1/decisions', body })).status).toBe(status)
  })

  it('takes JSON only, and not too much of it', async () => {
    const post = (body: unknown, headers: Readonly<Record<string, string>>) =>
      ask(house.socket, { method: 'POST', path: '/v1/decisions', body, headers })
    expect((await post({ value: '198.18.0.1' }, { 'content-type': 'text/plain' })).status).toBe(415)
    expect(
      (await post({ value: '198.18.0.1' }, { 'content-type': 'application/x-www-form-urlencoded' })).status,
    ).toBe(415)
    expect((await post([], {})).status).toBe(400)
    expect((await post({ value: '198.18.0.1', x: 'y'.repeat(70_000) }, {})).status).toBe(413)
  })
})

describe('DELETE /v1/decisions/:id', () => {
  it('ends a decision and says how many', async () => {
    const { id } = await ban('198.18.0.1')
    expect(await unban(id)).toEqual({ status: 200, body: '{"nbDeleted":"1"}' })
    expect((await unban(id)).status).toBe(404)
    expect((await unban(999)).status).toBe(404)
  })
})

describe('GET /v1/decisions/live', () => {
  it('is open to bouncers over TCP as well', async () => {
    const live = await followLive(house.url, { 'x-api-key': key })
    await ban('198.18.0.1')
    const delta = await live.until(({ add }) => add.length > 0)
    expect(delta.add[0]).toMatchObject({ scope: 'ip', value: '198.18.0.1' })
    live.close()
  })

  it('counts its listeners, and forgets those that go', async () => {
    const live = await followLive(house.socket)
    const listeners = async (): Promise<number> =>
      (JSON.parse((await ask(house.socket, { path: '/v1/status' })).body) as { listeners: number }).listeners
    expect(await listeners()).toBe(1)
    live.close()
    const deadline = performance.now() + 5_000
    while ((await listeners()) > 0 && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 10))
    expect(await listeners()).toBe(0)
  })
})

describe('starting', () => {
  it('refuses to listen beyond loopback without TLS', async () => {
    const other = createTemporaryFolder()
    mkdirSync(join(other.path, 'detection'), { recursive: true })
    const api = { listen: { host: '0.0.0.0', port: 0 }, hosts: ['localhost'], bouncers: [] }
    await expect(startHouse(other.path, { api })).rejects.toThrow('needs detection.api.tls')
    other.remove()
  })

  it('refuses a configuration that is none', async () => {
    const other = createTemporaryFolder()
    await expect(startHouse(other.path, { v: 9 })).rejects.toThrow(/config/u)
    other.remove()
  })
})
