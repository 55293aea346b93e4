import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startConsole } from './console-server.ts'
import type { ConsoleServer } from './console-server.ts'

let server: ConsoleServer
beforeAll(async () => {
  server = await startConsole()
})
afterAll(() => server.close())

const json = { 'content-type': 'application/json' }

async function enter(role: 'viewer' | 'responder'): Promise<Record<string, string>> {
  const body = JSON.stringify({ token: server.links.create(role) })
  const answer = await fetch(`${server.url}/api/login/link`, { method: 'POST', headers: json, body })
  const { csrf } = (await answer.json()) as { csrf: string }
  const cookie = answer.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
  return { ...json, cookie, 'x-sevenfold-csrf': csrf }
}

async function post(path: string, headers: Record<string, string>, body: object): Promise<number> {
  return (await fetch(`${server.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).status
}

const verdict = { verdict: 'benign', reason: 'our own scanner' }

describe('incidents over HTTP', () => {
  it('are for people with a session', async () => {
    for (const path of [
      '/api/incidents',
      '/api/incidents/inc-0001',
      '/api/runs',
      '/api/load',
      '/api/depends',
    ])
      expect([path, (await fetch(`${server.url}${path}`)).status]).toEqual([path, 401])
  })
  it('are judged by responders, in their own name, and each verdict is recorded', async () => {
    expect(await post('/api/incidents/inc-0001/verdict', await enter('viewer'), verdict)).toBe(403)
    const headers = await enter('responder')
    expect(
      await post('/api/incidents/inc-0001/verdict', headers, { ...verdict, actor: 'somebody else' }),
    ).toBe(200)
    expect(server.backend.verdicts.at(-1)?.verdict).toMatchObject({ actor: 'console:link' })
    expect(server.acts.at(-1)).toMatchObject({ kind: 'verdict', detail: 'inc-0001 benign' })
    const before = server.acts.length
    await post('/api/incidents/inc-0001/verdict', headers, { ...verdict, dryRun: true })
    expect(server.acts).toHaveLength(before)
  })
  it('refuses verdicts and acts that it does not know', async () => {
    const headers = await enter('responder')
    expect(await post('/api/incidents/inc-0001/verdict', headers, { verdict: 'maybe', reason: 'r' })).toBe(
      400,
    )
    expect(await post('/api/incidents/inc-0001/verdict', headers, { verdict: 'true' })).toBe(400)
    expect(await post('/api/incidents/..%2Fx/verdict', headers, verdict)).toBe(400)
    expect(await post('/api/runs/run-1/explode', headers, {})).toBe(400)
    expect((await fetch(`${server.url}/api/incidents?state=secret`, { headers })).status).toBe(400)
  })
  it('lets responders approve runs of playbooks, and no viewer', async () => {
    expect(await post('/api/runs/run-1/approve', await enter('viewer'), {})).toBe(403)
    expect(await post('/api/runs/run-1/approve', await enter('responder'), {})).toBe(200)
    expect(server.backend.decided).toEqual(['approve run-1 console:link'])
  })
  it('tells a watcher outside that the backbone works, and nothing else', async () => {
    const answer = await fetch(`${server.url}/healthz`)
    expect(answer.status).toBe(200)
    expect(Object.keys((await answer.json()) as object)).toEqual(['ok', 'time', 'size', 'root'])
  })
})
