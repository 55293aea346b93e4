import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hostsOf } from '../web/src/state/watch.ts'
import type { ListedHost } from '../web/src/state/watch.ts'
import { startConsole } from './console-server.ts'
import type { ConsoleServer } from './console-server.ts'

const now = Date.parse('2026-06-01T12:00:00Z')
const at = (seconds: number): string => new Date(now + seconds * 1000).toISOString()
const day = 86_400

function host(name: string, more: Partial<ListedHost> = {}): ListedHost {
  return {
    host: name,
    layer: 'edge',
    state: 'enrolled',
    enrolled: at(-day),
    certificateEnds: at(10 * day),
    ...more,
  }
}

describe('hostsOf', () => {
  it('says what each host is, those that want a person first', () => {
    const beat = (agent: string, seconds: number): { agent: string; lastHeartbeat: string } => ({
      agent,
      lastHeartbeat: at(seconds),
    })
    const agents = [
      beat('edge/well.w0', -5),
      beat('edge/well.main', -50),
      beat('edge/dark.w0', -46),
      beat('edge/ending.w0', -5),
      beat('edge/ended.w0', -5),
      beat('edge/wellington.w0', -900),
      { agent: 'edge/mute.w0' },
    ]
    const hosts = [
      host('gone', { state: 'revoked' }),
      host('well'),
      host('dark'),
      host('mute'),
      host('ending', { certificateEnds: at(3600) }),
      host('ended', { certificateEnds: at(-1) }),
    ]
    const shown = hostsOf({ hosts, tokens: [] }, [{ part: 'edge', agents }], now)
    expect(shown.map(({ host: name, word }) => [name, word])).toEqual([
      ['dark', 'gone dark'],
      ['ended', 'certificate ended'],
      ['ending', 'ends soon'],
      ['mute', 'never heard of'],
      ['well', 'well'],
      ['gone', 'revoked'],
    ])
    expect(shown.find(({ word }) => word === 'well')?.lastBeat).toBe(at(-5))
  })
})

describe('the watch over HTTP', () => {
  let server: ConsoleServer
  beforeAll(async () => {
    server = await startConsole()
  })
  afterAll(() => server.close())

  const json = { 'content-type': 'application/json' }
  const plan = { part: 'edge', reason: 'new kernel', durationMs: 60_000 }

  async function enter(role: 'viewer' | 'responder' | 'admin'): Promise<Record<string, string>> {
    const body = JSON.stringify({ token: server.links.create(role) })
    const answer = await fetch(`${server.url}/api/login/link`, { method: 'POST', headers: json, body })
    const { csrf } = (await answer.json()) as { csrf: string }
    const cookie = answer.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
    return { ...json, cookie, 'x-sevenfold-csrf': csrf }
  }
  const ask = async (method: string, path: string, headers: object, body?: object): Promise<number> => {
    const options = body === undefined ? {} : { body: JSON.stringify(body) }
    return (await fetch(`${server.url}${path}`, { method, headers: { ...headers }, ...options })).status
  }

  it('is for people with a session', async () => {
    for (const path of ['/api/hosts', '/api/silences']) expect(await ask('GET', path, {})).toBe(401)
    const viewer = await enter('viewer')
    for (const path of ['/api/hosts', '/api/silences']) expect(await ask('GET', path, viewer)).toBe(200)
  })
  it('lets administrators announce a silence, and responders end one', async () => {
    const [responder, admin] = [await enter('responder'), await enter('admin')]
    expect(await ask('POST', '/api/silences', responder, plan)).toBe(403)
    expect(await ask('POST', '/api/silences', admin, plan)).toBe(200)
    expect(await ask('DELETE', '/api/silences/3', await enter('viewer'), {})).toBe(403)
    expect(await ask('DELETE', '/api/silences/3', responder, {})).toBe(200)
    expect(server.backend.silenceActs).toEqual([
      { ...plan, actor: 'console:link' },
      { id: 3, actor: 'console:link' },
    ])
  })
  it.each([
    ['no part', { ...plan, part: 'kitchen' }],
    ['no reason', { ...plan, reason: '' }],
    ['no end', { ...plan, durationMs: 0 }],
    ['more than a day', { ...plan, durationMs: 86_400_001 }],
    ['a length that is a text', { ...plan, durationMs: '60' }],
  ])('refuses a plan with %s', async (_what, body) => {
    expect(await ask('POST', '/api/silences', await enter('admin'), body)).toBe(400)
  })
  it('refuses the end of what is no number', async () => {
    expect(await ask('DELETE', '/api/silences/..%2f3', await enter('admin'), {})).toBe(400)
  })
})
