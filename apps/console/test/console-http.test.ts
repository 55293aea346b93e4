import { request } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { maxBodyBytes } from '../src/http/body.ts'
import { startConsole } from './console-server.ts'
import type { ConsoleServer } from './console-server.ts'

let server: ConsoleServer
beforeAll(async () => {
  server = await startConsole()
})
afterAll(() => server.close())

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** node:http instead of fetch, because fetch would not send a foreign Host or Origin. */
function call(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<Answer> {
  const sent =
    body === undefined ? headers : { ...headers, 'content-length': String(Buffer.byteLength(body)) }
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port: server.port, method, path, headers: sent }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => (text += chunk))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }))
    })
    call.on('error', reject)
    call.end(body)
  })
}

const json = { 'content-type': 'application/json' }

async function enter(role: 'viewer' | 'responder' | 'admin'): Promise<Record<string, string>> {
  const answer = await call(
    'POST',
    '/api/login/link',
    json,
    JSON.stringify({ token: server.links.create(role) }),
  )
  const { csrf } = JSON.parse(answer.body) as { csrf: string }
  const cookie = String(answer.headers['set-cookie']).split(';', 1)[0] ?? ''
  return { ...json, cookie, 'x-sevenfold-csrf': csrf }
}

describe('the gate', () => {
  it('refuses a foreign Host, as a rebinding page sends it, even with a valid session', async () => {
    const headers = await enter('admin')
    const answer = await call('GET', '/api/events', { ...headers, host: `evil.example:${server.port}` })
    expect(answer.status).toBe(421)
  })

  it('refuses a cross-site form with the session cookie', async () => {
    const { cookie = '' } = await enter('admin')
    const form = {
      cookie,
      origin: 'https://evil.example',
      'content-type': 'application/x-www-form-urlencoded',
    }
    expect((await call('POST', '/api/mode', form, 'part=edge&mode=off')).status).toBe(403)
    expect(server.backend.modes).toEqual([])
  })

  it('refuses a change without the CSRF token', async () => {
    const { cookie = '' } = await enter('admin')
    const answer = await call('DELETE', '/api/decisions/17', { ...json, cookie }, '{"reason":"x"}')
    expect(answer).toMatchObject({ status: 403, body: '{"error":{"code":"SESSION_CSRF"}}' })
  })

  it('sends a strict policy with every answer, also with refusals', async () => {
    for (const path of ['/', '/api/session', '/nothing']) {
      const { headers } = await call('GET', path)
      expect(headers['content-security-policy']).toContain("default-src 'none'")
      expect(headers['x-frame-options']).toBe('DENY')
      expect(headers['cache-control']).toBe('no-store')
    }
  })

  it('records refused requests', async () => {
    server.acts.length = 0
    await call('GET', '/', { host: 'evil.example' })
    expect(server.acts).toEqual([
      { kind: 'refused', actor: 'unknown', peer: '127.0.0.1', detail: 'GATE_HOST' },
    ])
  })
})

describe('login', () => {
  it('is needed for everything but the page', async () => {
    for (const path of [
      '/api/session',
      '/api/layers',
      '/api/events',
      '/api/decisions',
      '/api/tail',
      '/api/histogram',
      '/api/requests/1',
    ]) {
      expect((await call('GET', path)).status, path).toBe(401)
    }
  })

  it('sets a cookie that scripts and other sites cannot use', async () => {
    const token = server.links.create('viewer')
    const answer = await call('POST', '/api/login/link', json, JSON.stringify({ token }))
    expect(String(answer.headers['set-cookie'])).toMatch(
      /^sevenfold_session=\S+; Path=\/; HttpOnly; SameSite=Strict$/,
    )
    expect((await call('POST', '/api/login/link', json, JSON.stringify({ token }))).status).toBe(401)
  })

  it('ends with logout', async () => {
    const headers = await enter('viewer')
    expect((await call('GET', '/api/session', headers)).status).toBe(200)
    await call('POST', '/api/logout', headers, '{}')
    expect((await call('GET', '/api/session', headers)).status).toBe(401)
  })

  it('works with a password once somebody was given one', async () => {
    await server.users.add('ann', 'responder', 'correct horse battery')
    const right = JSON.stringify({ name: 'ann', password: 'correct horse battery' })
    expect(JSON.parse((await call('POST', '/api/login/password', json, right)).body)).toMatchObject({
      name: 'ann',
      role: 'responder',
    })
  })

  it('refuses bodies over the limit and of the wrong shape', async () => {
    expect((await call('POST', '/api/login/link', json, 'x'.repeat(maxBodyBytes + 1))).status).toBe(401)
    expect((await call('POST', '/api/login/link', json, '{"token":["a"]}')).status).toBe(401)
    expect((await call('POST', '/api/login/password', json, '{}')).status).toBe(400)
  })
})

describe('roles', () => {
  beforeEach(() => {
    server.backend.modes.length = 0
    server.backend.unbanned.length = 0
  })

  it('let a viewer look and nothing else', async () => {
    const headers = await enter('viewer')
    expect((await call('GET', '/api/decisions', headers)).status).toBe(200)
    expect((await call('DELETE', '/api/decisions/17', headers, '{"reason":"x"}')).status).toBe(403)
    expect(server.backend.unbanned).toEqual([])
  })

  it('let a responder unban with a reason and strengthen, but not weaken', async () => {
    const headers = await enter('responder')
    expect((await call('DELETE', '/api/decisions/17', headers, '{}')).status).toBe(400)
    expect((await call('DELETE', '/api/decisions/17', headers, '{"reason":"office"}')).status).toBe(200)
    expect(server.backend.unbanned).toEqual([{ id: 17, reason: 'office', actor: 'console:link' }])
    const mode = (value: string): string => JSON.stringify({ part: 'edge', mode: value, reason: 'test' })
    expect((await call('POST', '/api/mode', headers, mode('enforce'))).status).toBe(200)
    expect((await call('POST', '/api/mode', headers, mode('monitor'))).status).toBe(403)
    expect(server.backend.modes).toHaveLength(1)
  })

  it('let an administrator weaken, with a reason, a part that exists', async () => {
    const headers = await enter('admin')
    expect(
      (await call('POST', '/api/mode', headers, '{"part":"edge","mode":"off","reason":"test"}')).status,
    ).toBe(200)
    expect(
      (await call('POST', '/api/mode', headers, '{"part":"moat","mode":"off","reason":"test"}')).status,
    ).toBe(400)
    expect((await call('POST', '/api/mode', headers, '{"part":"edge","mode":"off"}')).status).toBe(400)
  })
})

describe('the live tail', () => {
  it('streams events', async () => {
    const headers = await enter('viewer')
    server.backend.lines.push('{"n":1}')
    const text = await new Promise<string>((resolve, reject) => {
      const call = request({ host: '127.0.0.1', port: server.port, path: '/api/tail', headers }, (answer) => {
        let seen = ''
        answer.setEncoding('utf8')
        answer.on('data', (chunk: string) => {
          seen += chunk
          if (!seen.includes('{"n":1}')) return
          answer.destroy()
          resolve(seen)
        })
      })
      call.on('error', reject)
      call.end()
    })
    expect(text).toContain('event: event')
  })

  it('refuses a filter over the limit', async () => {
    const headers = await enter('viewer')
    expect((await call('GET', `/api/tail?query=${'x'.repeat(2001)}`, headers)).status).toBe(400)
  })
})
