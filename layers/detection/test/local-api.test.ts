import { createConnection } from 'node:net'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { maxListItems } from '../src/api/decision-filter.ts'
import { alertLimits } from '../src/alerts/read-alert.ts'
import { ask, createTemporaryFolder, followLive, startHouse } from './house.ts'
import type { Answer, House } from './house.ts'

let folder: TemporaryFolder
let house: House

beforeEach(async () => {
  folder = createTemporaryFolder()
  house = await startHouse(folder.path)
})
afterEach(async () => {
  await house.stop()
  folder.remove()
})

interface Question {
  readonly method?: string
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}
const local = (question: Question): Promise<Answer> => ask(house.socket, question)
const parsed = <T>(answer: Answer): T => JSON.parse(answer.body) as T

async function machine(name: string, trusted: boolean): Promise<(question: Question) => Promise<Answer>> {
  const added = await local({ method: 'POST', path: '/v1/machines', body: { name, trusted } })
  const { password } = parsed<{ password: string }>(added)
  const login = await ask(house.url, {
    method: 'POST',
    path: '/v1/watchers/login',
    body: { machine_id: name, password, scenarios: ['crowdsecurity/ssh-bf'] },
  })
  const { token } = parsed<{ token: string }>(login)
  return (question) =>
    ask(house.url, { ...question, headers: { authorization: `Bearer ${token}`, ...question.headers } })
}

const time = '2026-01-31T12:00:00Z'
const alert = (value: string, change: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  scenario: 'crowdsecurity/ssh-bf',
  scenario_hash: 'abc',
  scenario_version: '0.3',
  message: `Ip ${value} performed 'crowdsecurity/ssh-bf'`,
  events_count: 6,
  start_at: time,
  stop_at: time,
  capacity: 5,
  leakspeed: '10s',
  simulated: false,
  remediation: true,
  events: [{ timestamp: time, meta: [{ key: 'target_user', value: 'root' }] }],
  source: { scope: 'Ip', value, ip: value, cn: 'FR', as_number: '64496' },
  ...change,
})
const decision = (value: string, change: Readonly<Record<string, unknown>> = {}): object => ({
  origin: 'crowdsec',
  type: 'ban',
  scope: 'Ip',
  value,
  duration: '4h',
  scenario: 'crowdsecurity/ssh-bf',
  ...change,
})

describe('machines over TCP', () => {
  it('log in, stay alive, renew their token, and leave', async () => {
    const web = await machine('web1', false)
    expect(await web({ path: '/v1/heartbeat' })).toEqual({ status: 200, body: 'null' })
    const fresh = parsed<{ token: string; expire: string }>(await web({ path: '/v1/refresh_token' }))
    expect(Date.parse(fresh.expire)).toBeGreaterThan(Date.now() + 3_500_000)
    expect((await local({ path: '/v1/machines' })).body).toContain('"lastSeen"')
    expect((await web({ method: 'DELETE', path: '/v1/watchers/self' })).status).toBe(204)
    expect((await web({ path: '/v1/heartbeat' })).status).toBe(401)
  })

  it('are told in the words of CrowdSec what is wrong', async () => {
    await machine('web1', false)
    const login = (body: unknown) => ask(house.url, { method: 'POST', path: '/v1/watchers/login', body })
    expect(await login({ machine_id: 'web1', password: 'wrong' })).toEqual({
      status: 403,
      body: '{"code":403,"message":"incorrect Username or Password"}',
    })
    expect((await login({ machine_id: 7 })).status).toBe(400)
    for (const authorization of ['', 'Bearer x', 'Bearer a.b.c', `Bearer ${'x'.repeat(5_000)}`])
      expect((await ask(house.url, { path: '/v1/alerts', headers: { authorization } })).status).toBe(401)
  })

  it('register themselves and wait to be accepted', async () => {
    const body = { machine_id: 'web9', password: 'a long password' }
    expect((await ask(house.url, { method: 'POST', path: '/v1/watchers', body })).status).toBe(201)
    expect((await ask(house.url, { method: 'POST', path: '/v1/watchers', body })).status).toBe(409)
    const login = () => ask(house.url, { method: 'POST', path: '/v1/watchers/login', body })
    expect((await login()).status).toBe(403)
    await local({ method: 'POST', path: '/v1/machines/web9', body: { validated: true } })
    expect((await login()).status).toBe(200)
    expect(
      (await local({ method: 'POST', path: '/v1/machines/none', body: { validated: true } })).status,
    ).toBe(404)
    expect((await local({ method: 'DELETE', path: '/v1/machines/web9' })).status).toBe(204)
    expect((await local({ method: 'DELETE', path: '/v1/machines/web9' })).status).toBe(404)
  })

  it('with the registration token are accepted at once', async () => {
    await house.stop()
    const file = join(folder.path, 'token')
    writeFileSync(file, 'a-registration-token-of-some-length\n')
    const api = {
      listen: { host: '127.0.0.1', port: 0 },
      hosts: ['127.0.0.1', 'localhost'],
      bouncers: [],
      registrationToken: { file },
    }
    house = await startHouse(folder.path, { api })
    const register = (registration_token: string) =>
      ask(house.url, {
        method: 'POST',
        path: '/v1/watchers',
        body: { machine_id: 'web1', password: 'a long password', registration_token },
      })
    expect((await register('another-token-of-some-length-at-all')).status).toBe(400)
    expect((await register('a-registration-token-of-some-length')).status).toBe(202)
  })

  it('cannot do what only the socket may', async () => {
    const web = await machine('web1', true)
    for (const [method, path] of [
      ['POST', '/v1/decisions'],
      ['POST', '/v1/machines'],
      ['POST', '/v1/bouncers'],
      ['POST', '/v1/allowlists'],
      ['GET', '/v1/decisions'],
      ['GET', '/v1/decisions/stream'],
    ] as const)
      expect((await web({ method, path })).status).toBe(403)
    expect((await web({ path: '/v1/machines' })).status).toBe(404)
  })
})

describe('alerts', () => {
  it('of a trusted machine become decisions by the profiles, or those that they bring', async () => {
    const web = await machine('web1', true)
    const answer = await web({
      method: 'POST',
      path: '/v1/alerts',
      body: [
        alert('198.18.0.1'),
        alert('198.18.0.2', { decisions: [decision('198.18.0.2', { duration: '90m', type: 'captcha' })] }),
        alert('198.18.0.3', { remediation: false }),
      ],
    })
    expect(answer).toEqual({ status: 201, body: '["1","2","3"]' })
    const active = parsed<{ value: string; type: string; origin: string }[]>(
      await local({ path: '/v1/decisions' }),
    )
    expect(active.map(({ value, type }) => [value, type])).toEqual([
      ['198.18.0.1', 'ban'],
      ['198.18.0.2', 'captcha'],
    ])
  })

  it('are found again with CrowdSec’s filters', async () => {
    const web = await machine('web1', true)
    const old = { start_at: '2020-01-01T00:00:00Z', stop_at: '2020-01-01T00:00:00Z' }
    await web({
      method: 'POST',
      path: '/v1/alerts',
      body: [
        alert('198.18.0.1'),
        alert('198.18.1.2', {
          scenario: 'crowdsecurity/http-probing',
          kind: 'waf',
          remediation: false,
          ...old,
        }),
        alert('ana', { source: { scope: 'username', value: 'ana' }, simulated: true }),
      ],
    })
    const find = async (query: string): Promise<number[]> =>
      parsed<{ id: number }[]>(await web({ path: `/v1/alerts?${query}` })).map(({ id }) => id)
    expect(await find('')).toEqual([3, 2, 1])
    expect(await find('sort=ASC')).toEqual([1, 2, 3])
    expect(await find('limit=1')).toEqual([3])
    expect(await find('scope=ip&value=198.18.0.1')).toEqual([1])
    expect(await find('scenario=crowdsecurity/http-probing')).toEqual([2])
    expect(await find('ip=198.18.0.1')).toEqual([1])
    expect(await find('range=198.18.0.0/16&contains=false')).toEqual([2, 1])
    expect(await find('has_active_decision=true')).toEqual([3, 1])
    expect(await find('decision_type=ban')).toEqual([1])
    expect(await find('decision_type=throttle')).toEqual([3])
    expect(await find('simulated=false')).toEqual([2, 1])
    expect(await find('kind=waf')).toEqual([2])
    expect(await find('since=1h')).toEqual([3, 2, 1])
    expect(await find('until=1h')).toEqual([])
    expect(await find('origin=lists')).toEqual([])
    for (const query of ['since=yesterday', 'limit=many', 'ip=x'])
      expect((await web({ path: `/v1/alerts?${query}` })).status).toBe(400)
    const one = parsed<{ machine_id: string; decisions: unknown[]; source: unknown; events: unknown[] }>(
      await web({ path: '/v1/alerts/1' }),
    )
    expect(one).toMatchObject({ machine_id: 'web1', source: { cn: 'FR' }, events: [{ timestamp: time }] })
    expect(one.decisions).toHaveLength(1)
    expect(await web({ method: 'HEAD', path: '/v1/alerts/1' })).toEqual({ status: 200, body: '' })
    expect((await web({ path: '/v1/alerts/77' })).status).toBe(404)
  })

  it('take their decisions with them when they are deleted', async () => {
    const web = await machine('web1', true)
    await web({
      method: 'POST',
      path: '/v1/alerts',
      body: ['198.18.0.1', '198.18.0.2'].map((ip) => alert(ip)),
    })
    expect((await web({ method: 'DELETE', path: '/v1/alerts/1' })).body).toBe('{"nbDeleted":"1"}')
    expect((await web({ method: 'DELETE', path: '/v1/alerts/1' })).status).toBe(404)
    expect((await web({ method: 'DELETE', path: '/v1/alerts?ip=198.18.0.2' })).body).toBe('{"nbDeleted":"1"}')
    expect((await local({ path: '/v1/decisions' })).body).toBe('[]')
  })

  it('are kept over a restart', async () => {
    const web = await machine('web1', true)
    await web({ method: 'POST', path: '/v1/alerts', body: [alert('198.18.0.1'), alert('198.18.0.2')] })
    await web({ method: 'DELETE', path: '/v1/alerts/1' })
    await house.stop()
    house = await startHouse(folder.path)
    const alerts = parsed<{ id: number; source: object }[]>(await local({ path: '/v1/alerts' }))
    expect(alerts).toEqual([
      expect.objectContaining({ id: 2, source: expect.objectContaining({ value: '198.18.0.2' }) as object }),
    ])
  })

  it.each([
    ['no list', {}],
    ['no object', [7]],
    ['no source', [{ ...alert('x'), source: undefined }]],
    ['no scenario', [{ ...alert('x'), scenario: undefined }]],
    ['a time that is none', [alert('198.18.0.1', { start_at: 'then' })]],
    ['a count that is none', [alert('198.18.0.1', { events_count: 1.5 })]],
    ['too many alerts', Array.from({ length: alertLimits.alerts + 1 }, () => ({}))],
    ['too long a name', [alert('198.18.0.1', { scenario: 'x'.repeat(alertLimits.word + 1) })]],
  ])('are refused as a whole with %s', async (_name, body) => {
    const web = await machine('web1', true)
    expect((await web({ method: 'POST', path: '/v1/alerts', body })).status).toBe(400)
    expect((await local({ path: '/v1/alerts' })).body).toBe('[]')
  })
})

describe('taking back over TCP', () => {
  it('is for what a machine asked for itself, unless it is trusted', async () => {
    const [boss, web] = [await machine('boss', true), await machine('web1', false)]
    await boss({ method: 'POST', path: '/v1/alerts', body: [alert('198.18.0.1')] })
    const user = alert('ana', { source: { scope: 'username', value: 'ana' } })
    await web({ method: 'POST', path: '/v1/alerts', body: [user] })
    expect((await web({ method: 'DELETE', path: '/v1/decisions/1' })).status).toBe(403)
    expect((await web({ method: 'DELETE', path: '/v1/decisions' })).body).toBe('{"nbDeleted":"1"}')
    expect((await web({ path: '/v1/alerts/1' })).status).toBe(404)
    expect((await boss({ method: 'DELETE', path: '/v1/decisions?ip=198.18.0.1' })).body).toBe(
      '{"nbDeleted":"1"}',
    )
    expect((await boss({ method: 'DELETE', path: '/v1/decisions/1' })).status).toBe(404)
  })

  it('has the filters of a look', async () => {
    for (const value of ['198.18.0.1', '198.18.0.2', '198.18.1.0/24'])
      await local({ method: 'POST', path: '/v1/decisions', body: { value, scenario: `s-${value}` } })
    const remove = async (query: string): Promise<string> =>
      parsed<{ nbDeleted: string }>(await local({ method: 'DELETE', path: `/v1/decisions?${query}` }))
        .nbDeleted
    expect(await remove('ip=203.0.113.1')).toBe('0')
    expect(await remove('scenario=s-198.18.0.1')).toBe('1')
    expect(await remove('range=198.18.0.0/16&contains=false')).toBe('2')
  })
})

describe('usage metrics', () => {
  const metrics = { remediation_components: [{ version: '1', utc_startup_timestamp: 1, metrics: [] }] }

  it('are taken from bouncers and machines, and shown beside them', async () => {
    const added = await local({
      method: 'POST',
      path: '/v1/bouncers',
      body: { name: 'fw', kind: 'firewall' },
    })
    const { key } = parsed<{ key: string }>(added)
    const send = (body: unknown) =>
      ask(house.url, { method: 'POST', path: '/v1/usage-metrics', headers: { 'x-api-key': key }, body })
    expect((await send(metrics)).status).toBe(201)
    expect((await send({})).status).toBe(400)
    const web = await machine('web1', false)
    expect(
      (await web({ method: 'POST', path: '/v1/usage-metrics', body: { log_processors: [] } })).status,
    ).toBe(201)
    const [bouncer] = parsed<object[]>(await local({ path: '/v1/bouncers' }))
    expect(bouncer).toMatchObject({ name: 'fw', kind: 'firewall', metrics })
    expect((await ask(house.url, { method: 'POST', path: '/v1/usage-metrics', body: metrics })).status).toBe(
      403,
    )
  })
})

describe('allow-lists', () => {
  const create = (name = 'office') =>
    local({ method: 'POST', path: '/v1/allowlists', body: { name, description: 'us' } })
  const change = (method: 'POST' | 'DELETE', values: readonly string[], more: object = {}) =>
    local({ method, path: '/v1/allowlists/office/items', body: { values, ...more } })
  const banned = async (): Promise<string[]> =>
    parsed<{ value: string }[]>(await local({ path: '/v1/decisions' })).map(({ value }) => value)
  async function until(test: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + 5_000
    while (!(await test()) && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 5))
  }

  it('are made, filled, asked and deleted as in CrowdSec', async () => {
    expect((await create()).status).toBe(201)
    expect((await create()).status).toBe(400)
    await change('POST', ['198.18.0.0/24', '2001:DB8::1'], { description: 'desks', duration: '30d' })
    const web = await machine('web1', false)
    const lists = parsed<{ name: string; items: unknown[] }[]>(
      await web({ path: '/v1/allowlists?with_content=true' }),
    )
    expect(lists[0]?.items).toHaveLength(2)
    expect(parsed<{ items: unknown[] }[]>(await web({ path: '/v1/allowlists' }))[0]?.items).toEqual([])
    expect((await web({ path: '/v1/allowlists/office' })).body).toContain('"2001:db8::1"')
    expect((await web({ path: '/v1/allowlists/none' })).status).toBe(404)
    const check = await web({ path: '/v1/allowlists/check/198.18.0.77' })
    expect(parsed(check)).toEqual({ allowlisted: true, reason: '198.18.0.0/24 from office (desks)' })
    expect(parsed(await web({ path: '/v1/allowlists/check/198.18.0.0%2F25' }))).toMatchObject({
      allowlisted: true,
    })
    expect(parsed(await web({ path: '/v1/allowlists/check/198.18.1.1' }))).toMatchObject({
      allowlisted: false,
    })
    expect((await web({ method: 'HEAD', path: '/v1/allowlists/check/198.18.0.1' })).status).toBe(200)
    expect((await web({ method: 'HEAD', path: '/v1/allowlists/check/198.18.1.1' })).status).toBe(204)
    expect((await web({ path: '/v1/allowlists/check/nonsense' })).status).toBe(400)
    const many = await web({
      method: 'POST',
      path: '/v1/allowlists/check',
      body: { targets: ['198.18.0.9', '198.18.9.9'] },
    })
    expect(parsed(many)).toEqual({
      results: [{ target: '198.18.0.9', allowlists: ['198.18.0.0/24 from office (desks)'] }],
    })
    expect((await local({ method: 'DELETE', path: '/v1/allowlists/office' })).status).toBe(204)
    expect((await local({ method: 'DELETE', path: '/v1/allowlists/office' })).status).toBe(404)
  })

  it.each([[['nonsense']], [['0.0.0.0/0']], [['::/8']], ['text'], [[7]]])('refuse %j', async (values) => {
    await create()
    expect(
      (await local({ method: 'POST', path: '/v1/allowlists/office/items', body: { values } })).status,
    ).toBe(400)
  })

  it('spare who is on them: no ban by hand, by an alert or of a range', async () => {
    await create()
    await change('POST', ['198.18.0.2'])
    const by = (value: string) => local({ method: 'POST', path: '/v1/decisions', body: { value } })
    expect((await by('198.18.0.2')).status).toBe(409)
    expect((await by('198.18.0.0/30')).status).toBe(201)
    const web = await machine('web1', true)
    expect((await web({ method: 'POST', path: '/v1/alerts', body: [alert('198.18.0.2')] })).body).toBe('[]')
    expect(await banned()).toEqual(['198.18.0.0/31', '198.18.0.3'])
  })

  it('lift bans that stand already, and carve their addresses out of banned ranges', async () => {
    await create()
    for (const value of ['198.18.0.7', '198.18.0.9', '198.18.1.0/24'])
      await local({ method: 'POST', path: '/v1/decisions', body: { value } })
    await change('POST', ['198.18.0.7', '198.18.1.128/25'])
    await until(async () => (await banned()).length === 2)
    expect(await banned()).toEqual(['198.18.0.9', '198.18.1.0/25'])
    await change('DELETE', ['198.18.0.7'])
    expect(
      (await local({ method: 'POST', path: '/v1/decisions', body: { value: '198.18.0.7' } })).status,
    ).toBe(201)
  })

  it('are kept over a restart', async () => {
    await create()
    await change('POST', ['198.18.0.2'])
    await house.stop()
    house = await startHouse(folder.path)
    expect((await local({ path: '/v1/allowlists/check/198.18.0.2' })).body).toContain('true')
  })
})

describe('imports by hand', () => {
  it('make what may be made and name the rest', async () => {
    const decisions = [
      { value: '198.18.0.1', duration: '1h' },
      { value: '203.0.113.7' },
      { value: '203.0.113.0/24' },
      { value: '2001:db8::/33', scope: 'range' },
      { value: 'nonsense' },
      7,
    ]
    const answer = await local({
      method: 'POST',
      path: '/v1/decisions/import',
      body: { decisions, actor: 'ana' },
    })
    expect(answer.status).toBe(201)
    expect(parsed<{ imported: number; why: string[] }>(answer)).toMatchObject({ imported: 2, refused: 4 })
    expect(answer.body).toContain('decisions.4')
  })
})

describe('bad input over TCP', () => {
  async function bouncerKey(more: object = {}): Promise<string> {
    const added = await local({ method: 'POST', path: '/v1/bouncers', body: { name: 'b', ...more } })
    return parsed<{ key: string }>(added).key
  }

  it('is answered for filters that are too long, and taken up to the limit', async () => {
    const key = await bouncerKey()
    const origins = (count: number): string => Array.from({ length: count }, (_, i) => `o${i}`).join(',')
    const get = (query: string) =>
      ask(house.url, { path: `/v1/decisions/stream?${query}`, headers: { 'x-api-key': key } })
    expect((await get(`origins=${origins(maxListItems)}`)).status).toBe(200)
    expect((await get(`origins=${origins(maxListItems + 1)}`)).status).toBe(400)
    expect((await get(`scenarios_containing=${'x'.repeat(20_000)}`)).status).toBe(431)
  })

  it('of a bouncer that reads nothing stops nobody else', async () => {
    const key = await bouncerKey()
    const decisions = Array.from({ length: 60_000 }, (_, i) => ({ value: `11.0.${i >> 8}.${i & 255}` }))
    await local({ method: 'POST', path: '/v1/decisions/import', body: { decisions } })
    const { hostname, port } = new URL(house.url)
    const slow = createConnection(Number(port), hostname)
    slow.on('error', () => undefined)
    slow.write(
      `GET /v1/decisions/stream?startup=true HTTP/1.1\r\nhost: localhost\r\nx-api-key: ${key}\r\n\r\n`,
    )
    await new Promise((resolve) => slow.once('readable', resolve))
    const whole = await ask(house.url, {
      path: '/v1/decisions/stream?startup=true',
      headers: { 'x-api-key': key },
    })
    expect(parsed<{ new: unknown[] }>(whole).new).toHaveLength(60_000)
    slow.destroy()
  })

  it('never moves a bouncer on by a HEAD or by an answer that was not read', async () => {
    const key = await bouncerKey()
    const headers = { 'x-api-key': key }
    await ask(house.url, { path: '/v1/decisions/stream?startup=true', headers })
    await local({ method: 'POST', path: '/v1/decisions', body: { value: '198.18.0.1' } })
    expect(await ask(house.url, { method: 'HEAD', path: '/v1/decisions/stream', headers })).toEqual({
      status: 200,
      body: '',
    })
    const delta = await ask(house.url, { path: '/v1/decisions/stream', headers })
    expect(parsed<{ new: unknown[] }>(delta).new).toHaveLength(1)
  })

  it('is spared what its kind cannot hold', async () => {
    const key = await bouncerKey({ kind: 'firewall', expandRanges: true })
    for (const body of [
      { value: 'FR', scope: 'country' },
      { value: '198.18.0.0/30' },
      { value: '198.19.0.0/16' },
    ])
      await local({ method: 'POST', path: '/v1/decisions', body })
    const values = async (headers: Readonly<Record<string, string>>): Promise<string[]> =>
      parsed<{ new: { value: string }[] }>(
        await ask(house.url, { path: '/v1/decisions/stream?startup=true', headers }),
      ).new.map(({ value }) => value)
    expect(await values({ 'x-api-key': key })).toEqual([
      '198.18.0.0',
      '198.18.0.1',
      '198.18.0.2',
      '198.18.0.3',
      '198.19.0.0/16',
    ])
    const proxy = parsed<{ key: string }>(
      await local({ method: 'POST', path: '/v1/bouncers', body: { name: 'p' } }),
    ).key
    expect(await values({ 'x-api-key': proxy, 'user-agent': 'crowdsec-nginx-bouncer/1' })).toContain('FR')
    expect(await values({ 'x-api-key': proxy, 'user-agent': 'crowdsec-firewall-bouncer/1' })).not.toContain(
      'FR',
    )
  })
})

describe('the live stream with a large list', () => {
  it('gives the whole list and then what changed meanwhile, in order', async () => {
    const decisions = Array.from({ length: 30_000 }, (_, i) => ({ value: `11.0.${i >> 8}.${i & 255}` }))
    await local({ method: 'POST', path: '/v1/decisions/import', body: { decisions } })
    const opening = followLive(house.socket)
    await local({ method: 'POST', path: '/v1/decisions', body: { value: '198.18.0.1' } })
    const live = await opening
    await live.until(({ add }) => add.some(({ value }) => value === '198.18.0.1'))
    const [snapshot] = live.deltas
    expect(snapshot?.event).toBe('snapshot')
    expect(snapshot?.delta.add.length).toBeGreaterThanOrEqual(30_000)
    expect(snapshot?.delta.add[0]).toMatchObject({ scope: 'ip', value: '11.0.0.0' })
    const versions = live.deltas.map(({ delta }) => delta.version)
    expect(versions).toEqual(versions.map((_, i) => (versions[0] ?? 0) + i))
    live.close()
  })
})

describe('enforcement of this machine', () => {
  it('follows decisions into a map file, and says how it stands', async () => {
    await house.stop()
    const file = join(folder.path, 'bans.map')
    house = await startHouse(folder.path, {
      enforcement: {
        haproxyMap: { file },
        nginxMap: { file: join(folder.path, 'none', 'bans.conf') },
      },
    })
    await local({ method: 'POST', path: '/v1/decisions', body: { value: '198.18.0.1' } })
    const deadline = performance.now() + 10_000
    const text = (): string => readFileSync(file, { encoding: 'utf8', flag: 'a+' })
    while (!text().includes('198.18.0.1') && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 5))
    expect(text()).toContain('198.18.0.1 ban\n')
    const status = parsed<{ enforcement: { works: boolean }[] }>(await local({ path: '/v1/status' }))
    expect(status.enforcement.map(({ works }) => works)).toEqual([true, false])
  })
})

describe('what is kept', () => {
  it('holds no password and no key', async () => {
    const added = parsed<{ password: string }>(
      await local({ method: 'POST', path: '/v1/machines', body: { name: 'm' } }),
    )
    await house.stop()
    for (const name of ['machines.json', 'decisions.ndjson', 'alerts.ndjson'])
      expect(readFileSync(join(folder.path, 'detection', name), 'utf8')).not.toContain(added.password)
    house = await startHouse(folder.path)
  })
})
