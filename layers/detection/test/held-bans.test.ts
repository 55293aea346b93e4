import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { maxBansPerWindow } from '../src/desk/blast-radius.ts'
import { ask, createTemporaryFolder, startHouse } from './house.ts'
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

interface Held {
  readonly id: number
  readonly value: string
  readonly reporter: string
  readonly cause: string
}

const read = async (path: string): Promise<unknown> => JSON.parse((await ask(house.socket, { path })).body)
const held = async (): Promise<readonly Held[]> => (await read('/v1/decisions/held')) as readonly Held[]
const act = (what: 'release' | 'drop', body: object): Promise<Answer> =>
  ask(house.socket, { method: 'POST', path: `/v1/decisions/held/${what}`, body })
const banned = async (value: string): Promise<boolean> =>
  ((await read(`/v1/decisions?value=${value}`)) as unknown[]).length > 0

/** A trusted machine that asks for ten bans more than one may within a minute. */
async function flood(): Promise<{ token: string }> {
  const machine = { name: 'gate', password: 'a password of some length', trusted: true }
  await ask(house.socket, { method: 'POST', path: '/v1/machines', body: machine })
  const login = await ask(house.url, {
    method: 'POST',
    path: '/v1/watchers/login',
    body: { machine_id: machine.name, password: machine.password },
  })
  const { token } = JSON.parse(login.body) as { token: string }
  const alerts = Array.from({ length: maxBansPerWindow + 10 }, (_, i) => ({
    scenario: 'test/flood',
    scenario_hash: '',
    scenario_version: '',
    message: '',
    events_count: 1,
    start_at: '2026-11-21T00:00:00Z',
    stop_at: '2026-11-21T00:00:01Z',
    capacity: 0,
    leakspeed: '0',
    simulated: false,
    events: [],
    source: { scope: 'Ip', value: `198.18.${i >> 8}.${i & 255}` },
    decisions: [
      {
        origin: 'crowdsec',
        type: 'ban',
        scope: 'Ip',
        value: `198.18.${i >> 8}.${i & 255}`,
        duration: '4h',
        scenario: 'test/flood',
      },
    ],
  }))
  const answer = await ask(house.url, {
    method: 'POST',
    path: '/v1/alerts',
    headers: { authorization: `Bearer ${token}` },
    body: alerts,
  })
  expect(answer.status).toBe(201)
  return { token }
}

describe('bans that a limit held', () => {
  it('are listed, survive a restart, and are released or dropped with a reason', async () => {
    await flood()
    const waiting = await held()
    expect(waiting).toHaveLength(10)
    expect(waiting[0]).toMatchObject({
      id: 1,
      value: '198.18.0.200',
      type: 'ban',
      reporter: 'machine gate',
      cause: 'flood',
    })
    await house.stop()
    house = await startHouse(folder.path)
    expect((await held()).map(({ id, value }) => [id, value])).toEqual(
      waiting.map(({ id, value }) => [id, value]),
    )
    const released = await act('release', { ids: [1, 2], reason: 'an attack', actor: 'ana' })
    expect([released.status, JSON.parse(released.body)]).toEqual([
      200,
      { released: 2, inForce: 0, refused: 0, why: [] },
    ])
    expect([await banned('198.18.0.200'), await banned('198.18.0.202')]).toEqual([true, false])
    expect(JSON.parse((await act('drop', { value: '198.18.0.202', reason: 'ours' })).body)).toEqual({
      dropped: 1,
    })
    expect(JSON.parse((await act('drop', { reporter: 'machine gate', reason: 'a mistake' })).body)).toEqual({
      dropped: 7,
    })
    expect(await held()).toEqual([])
    expect((await act('release', { all: true, reason: 'again' })).status).toBe(404)
    await house.stop()
    house = await startHouse(folder.path)
    expect([await held(), await banned('198.18.0.201'), await banned('198.18.0.202')]).toEqual([
      [],
      true,
      false,
    ])
    expect(await read('/v1/status')).toMatchObject({ heldBans: 0, heldBansLost: 0 })
  })

  it.each([
    [{}, 'exactly one'],
    [{ reason: 'x' }, 'exactly one'],
    [{ ids: [1], all: true, reason: 'x' }, 'exactly one'],
    [{ ids: [1] }, 'say why'],
    [{ ids: [1], reason: '   ' }, 'say why'],
    [{ ids: ['1'], reason: 'x' }, 'numbers'],
    [{ ids: Array.from({ length: 501 }, (_, i) => i), reason: 'x' }, 'at most 500'],
    [{ value: 'x'.repeat(257), reason: 'x' }, '256'],
    [{ reporter: 7, reason: 'x' }, 'texts'],
    [{ all: 'yes', reason: 'x' }, 'all is true'],
  ])('are not touched by a request that is wrong (%#)', async (body, why) => {
    const answer = await act('release', body)
    expect([answer.status, answer.body]).toEqual([400, expect.stringContaining(why)])
  })

  it('are for the socket alone: neither a trusted machine nor a bouncer releases its own flood', async () => {
    const { token } = await flood()
    const added = await ask(house.socket, { method: 'POST', path: '/v1/bouncers', body: { name: 'nginx' } })
    const { key } = JSON.parse(added.body) as { key: string }
    for (const headers of [{ authorization: `Bearer ${token}` }, { 'x-api-key': key }, {}]) {
      const path = '/v1/decisions/held'
      const body = { all: true, reason: 'x' }
      const post = await ask(house.url, { method: 'POST', path: `${path}/release`, headers, body })
      expect(post.status).toBe(403)
      expect((await ask(house.url, { path, headers })).status).toBeGreaterThanOrEqual(401)
    }
    expect(await held()).toHaveLength(10)
  })
})
