import { afterEach, beforeEach, expect, it } from 'vitest'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLogSource } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { ask, createTemporaryFolder, startHouse, startWriter } from './house.ts'
import type { House } from './house.ts'

const office = '203.0.113.5' // on the never-ban list of the tests
const crawler = '66.249.66.1'
const healthChecker = '198.51.100.1' // a declared proxy
const strangers = Array.from({ length: 10_000 }, (_, i) => `${11 + (i >> 8)}.${i & 255}.7.9`)
const targets = [office, crawler, healthChecker, ...strangers]

let folder: TemporaryFolder
let house: House
beforeEach(() => void (folder = createTemporaryFolder()))
afterEach(async () => {
  await house.stop()
  folder.remove()
})

/** Actions of the notices in the layer's own spool; the layer is stopped for it. */
async function notices(): Promise<string[]> {
  await house.stop()
  const spool = join(folder.path, 'detection', 'spool')
  const files = readdirSync(spool, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const text = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')).join('\n')
  house = await startHouse(folder.path)
  return [...text.matchAll(/"action":"(authority-exceeded|log-not-believed|bans-held|never-banned)"/gu)].map(
    ([, action = '']) => action,
  )
}
const bans = async (): Promise<unknown[]> =>
  JSON.parse((await ask(house.socket, { path: '/v1/decisions' })).body) as unknown[]

const alert = (value: string): object => ({
  scenario: 'crowdsecurity/ssh-bf',
  message: 'forged',
  events_count: 6,
  start_at: '2026-01-31T12:00:00Z',
  stop_at: '2026-01-31T12:00:00Z',
  remediation: true,
  events: [],
  source: { scope: 'Ip', value, ip: value },
  decisions: [{ origin: 'crowdsec', type: 'ban', scope: 'Ip', value, duration: '999h', scenario: 'x' }],
})

it('an app host that was taken over bans nobody with its machine’s key: 0 bans, one incident', async () => {
  house = await startHouse(folder.path)
  const added = await ask(house.socket, { method: 'POST', path: '/v1/machines', body: { name: 'app1' } })
  const { password } = JSON.parse(added.body) as { password: string }
  const login = { machine_id: 'app1', password }
  const answer = await ask(house.url, { method: 'POST', path: '/v1/watchers/login', body: login })
  const { token } = JSON.parse(answer.body) as { token: string }
  for (let at = 0; at < targets.length; at += 500) {
    const sent = await ask(house.url, {
      method: 'POST',
      path: '/v1/alerts',
      headers: { authorization: `Bearer ${token}` },
      body: targets.slice(at, at + 500).map(alert),
    })
    expect(sent.status).toBe(201)
  }
  expect(await bans()).toEqual([])
  expect(await notices()).toEqual(['authority-exceeded'])
}, 60_000)

it('it bans nobody by what it writes into the log that detection reads either', async () => {
  const source = createLogSource(join(folder.path, 'shop.log'))
  house = await startHouse(folder.path, {
    neverBan: ['203.0.113.0/24', crawler],
    sources: [{ file: source.path, format: 'json-access', site: 'shop' }],
  })
  const lines = targets.slice(0, 2_000).flatMap((peer) =>
    Array.from({ length: 6 }, () => ({
      event: 'login',
      peer,
      user: 'admin',
      outcome: 'failure',
      trace: '',
    })),
  )
  source.write(lines.map((line) => JSON.stringify(line)).join('\n'))
  const deadline = performance.now() + 20_000
  const taken = async (): Promise<boolean> => {
    const status = JSON.parse((await ask(house.socket, { path: '/v1/status' })).body) as { signals: number }
    return status.signals >= lines.length
  }
  while (!(await taken()) && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 20))
  expect(await bans()).toEqual([])
  const said = await notices()
  expect(said.filter((action) => action === 'log-not-believed')).toHaveLength(1)
  expect(said).not.toContain('bans-held')
}, 60_000)

it('it bans nobody with the key of its runtime agent', async () => {
  house = await startHouse(folder.path)
  const runtime = await startWriter(folder.path, 'runtime')
  for (const clientAddress of targets.slice(0, 300))
    for (let i = 0; i < 6; i += 1)
      runtime.emit(runtime.events.authentication({ outcome: 'failure', userName: 'a', clientAddress }))
  await runtime.spool.flush()
  await runtime.stop()
  expect(await bans()).toEqual([])
})
