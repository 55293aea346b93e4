import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { existsSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EdgeFolder, EdgeProcess, edgeConfig, edgeMain, siteConfig } from './support/edge-process.ts'
import { freePort } from './support/free-port.ts'
import { RawClient, askOnce, getRequest } from './support/raw-client.ts'
import { RealServer, exampleText, isInstalled, nginxConf } from './support/real-server.ts'

const built = existsSync(edgeMain)
const attack = "/?id=1'%20OR%20'1'='1"

let folder = ''
let data: EdgeFolder
let app: Server
let appPort = 0
let seen: string[] = []
let edge: EdgeProcess | undefined
let proxy: RealServer | undefined

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sf-beside-'))
  data = new EdgeFolder()
  seen = []
  app = http.createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers['x-forwarded-for'] ?? ''}`)
    request.resume()
    request.once('end', () => response.end('app'))
  })
  app.listen(0, '127.0.0.1')
  await once(app, 'listening')
  appPort = (app.address() as AddressInfo).port
})
afterEach(async () => {
  await proxy?.stop()
  await edge?.stop()
  proxy = undefined
  edge = undefined
  app.closeAllConnections()
  app.close()
  data.remove()
  rmSync(folder, { recursive: true, force: true })
})

async function startEdge(
  beside: readonly Record<string, unknown>[],
  site: Record<string, unknown> = {},
): Promise<EdgeProcess> {
  data.configure(
    edgeConfig([siteConfig('shop', appPort, site)], {
      workers: 1,
      beside: beside.map((one) => ({ site: 'shop', trusted: ['127.0.0.0/8'], onDeadEdge: 'refuse', ...one })),
    }),
  )
  edge = await EdgeProcess.start(data)
  return edge
}

const get = (target: string, more = ''): string => getRequest(target, `${more}Connection: close\r\n`)

interface Event {
  readonly sevenfold: { readonly kind: string; readonly trace?: readonly { step: string; detail?: string }[] }
  readonly labels?: { readonly beside?: string }
  readonly source?: { readonly ip?: string }
}

function events(kind: string): Event[] {
  return data
    .events()
    .filter((event) => (event as unknown as Event).sevenfold.kind === kind) as unknown as Event[]
}

/** What is the same for every proxy that asks: innocent requests pass, attacks do not, events say what was not seen. */
async function expectJudgement(port: number, kind: string): Promise<void> {
  const innocent = await askOnce(
    port,
    get('/a?b=1', 'X-Original-URI: /other\r\nX-Forwarded-For: 10.9.9.9\r\n'),
  )
  expect([innocent.status, innocent.body]).toEqual([200, 'app'])
  const stopped = await askOnce(port, get(attack))
  expect(stopped.status).toBe(403)
  const post = 'POST /p HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello'
  expect((await askOnce(port, post)).status).toBe(200)
  expect(seen.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(['GET /a?b=1', 'POST /p'])
  await edge?.stop()
  const [block] = events('block').filter((event) => JSON.stringify(event).includes('"step":"waf"'))
  expect(block?.labels?.beside).toBe(kind)
  const access = events('access')
  expect(access.length).toBeGreaterThanOrEqual(3)
  expect(access.every(({ labels, source }) => labels?.beside === kind && source?.ip === '127.0.0.1')).toBe(
    true,
  )
}

describe('beside nginx', () => {
  it.skipIf(!built || !isInstalled('nginx'))(
    'auth_request: judges, and is labelled as what it is (needs nginx, dist)',
    async () => {
      const asked = await freePort()
      const port = await freePort()
      const running = await startEdge([{ kind: 'auth-request', listen: { host: '127.0.0.1', port: asked } }])
      expect(running.urls).toContain(`http://127.0.0.1:${asked}`)
      const text = exampleText('nginx-auth-request.conf', {
        '127.0.0.1:443': `127.0.0.1:${port}`,
        '127.0.0.1:7701': `127.0.0.1:${asked}`,
        '127.0.0.1:8080': `127.0.0.1:${appPort}`,
      })
      writeFileSync(join(folder, 'nginx.conf'), nginxConf(folder, text))
      proxy = await RealServer.start(
        ['nginx', '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')],
        port,
      )
      await expectJudgement(port, 'auth-request')
      // The edge is away now.
      const away = await askOnce(port, get('/'))
      expect([away.status, away.header('Retry-After')]).toEqual([503, '5'])
    },
  )

  it.skipIf(!built || !isInstalled('nginx'))(
    'auth_request with onDeadEdge pass: serves unjudged while the edge is away, and its return is an event (needs nginx, dist)',
    async () => {
      const asked = await freePort()
      const port = await freePort()
      const beside = [
        { kind: 'auth-request', listen: { host: '127.0.0.1', port: asked }, onDeadEdge: 'pass' },
      ]
      await startEdge(beside)
      const text = exampleText('nginx-auth-request-pass.conf', {
        '127.0.0.1:443': `127.0.0.1:${port}`,
        '127.0.0.1:7701': `127.0.0.1:${asked}`,
        '127.0.0.1:8080': `127.0.0.1:${appPort}`,
      })
      writeFileSync(join(folder, 'nginx.conf'), nginxConf(folder, text))
      proxy = await RealServer.start(
        ['nginx', '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')],
        port,
      )
      expect((await askOnce(port, get(attack))).status).toBe(403)
      await edge?.stop()
      const unjudged = await askOnce(port, get(attack))
      expect([unjudged.status, unjudged.header('X-Sevenfold-Unjudged')]).toEqual([200, '1'])
      await startEdge(beside)
      await edge?.stop()
      expect(JSON.stringify(events('notice'))).toContain('judgement-absent')
    },
  )

  it.skipIf(!built || !isInstalled('nginx'))(
    'in front of it: a Unix socket, and X-Forwarded-For that nginx wrote (needs nginx, dist)',
    async () => {
      const port = await freePort()
      const path = join(folder, 'edge.sock')
      const running = await startEdge([], { listen: { host: '', port: 0, path } })
      expect(running.urls).toEqual([`unix:${path}`])
      const text = exampleText('nginx-front.conf', {
        '127.0.0.1:443': `127.0.0.1:${port}`,
        '/run/sevenfold/edge.sock': path,
      })
      writeFileSync(join(folder, 'nginx.conf'), nginxConf(folder, text))
      proxy = await RealServer.start(
        ['nginx', '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')],
        port,
      )
      const client = await RawClient.connect(port, '127.0.0.77')
      const answer = await client.get('/x', 'X-Forwarded-For: 10.0.0.1\r\n')
      client.close()
      expect([answer.status, answer.body]).toEqual([200, 'app'])
      expect(seen).toEqual(['GET /x 127.0.0.77'])
      expect((await askOnce(port, get(attack))).status).toBe(403)
      await edge?.stop()
      expect(events('access')[0]?.source?.ip).toBe('127.0.0.77')
      expect(events('access')[0]?.labels?.beside).toBeUndefined()
      const away = await askOnce(port, get('/'))
      expect([away.status, away.header('Retry-After')]).toEqual([503, '5'])
    },
  )
})

describe('beside Caddy', () => {
  it.skipIf(!built || !isInstalled('caddy'))(
    'forward_auth: judges, and is labelled as what it is (needs caddy, dist)',
    async () => {
      const asked = await freePort()
      const port = await freePort()
      await startEdge([{ kind: 'forward-auth', listen: { host: '127.0.0.1', port: asked } }])
      const text = exampleText('Caddyfile', {
        ':443': `:${port}`,
        '127.0.0.1:7701': `127.0.0.1:${asked}`,
        '127.0.0.1:8080': `127.0.0.1:${appPort}`,
      })
      writeFileSync(join(folder, 'Caddyfile'), text)
      proxy = await RealServer.start(
        ['caddy', 'run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'],
        port,
      )
      await expectJudgement(port, 'forward-auth')
      const away = await askOnce(port, get('/'))
      expect([away.status, away.header('Retry-After')]).toEqual([503, '5'])
    },
  )
})

describe('beside Traefik', () => {
  it.skipIf(!built || !isInstalled('traefik'))(
    'forward auth: judges, and is labelled as what it is (needs traefik, dist)',
    async () => {
      const asked = await freePort()
      const port = await freePort()
      await startEdge([{ kind: 'forward-auth', listen: { host: '127.0.0.1', port: asked } }])
      const routes = join(folder, 'traefik-routes.yml')
      const places = { '127.0.0.1:7701': `127.0.0.1:${asked}`, '127.0.0.1:8080': `127.0.0.1:${appPort}` }
      writeFileSync(routes, exampleText('traefik-routes.yml', places))
      const fixed = { '127.0.0.1:443': `127.0.0.1:${port}`, 'traefik-routes.yml\n': `${routes}\n` }
      writeFileSync(join(folder, 'traefik.yml'), exampleText('traefik.yml', fixed))
      proxy = await RealServer.start(['traefik', `--configFile=${join(folder, 'traefik.yml')}`], port)
      await expectJudgement(port, 'forward-auth')
      expect((await askOnce(port, get('/'))).status).toBeGreaterThanOrEqual(500)
    },
  )

  it.skipIf(!built)('judges the questions that its forward auth sends (needs dist)', async () => {
    const asked = await freePort()
    await startEdge([{ kind: 'forward-auth', listen: { host: '127.0.0.1', port: asked } }])
    const places = { '127.0.0.1:7701': `127.0.0.1:${asked}`, '127.0.0.1:8080': `127.0.0.1:${appPort}` }
    const [, address = ''] = /address: ['"]([^'"]+)['"]/.exec(exampleText('traefik-routes.yml', places)) ?? []
    expect(new URL(address).port).toBe(String(asked))
    // As its documentation lists them: a GET without body, whatever the method of the request.
    const question = (method: string, uri: string): string =>
      `GET / HTTP/1.1\r\nHost: 127.0.0.1:${asked}\r\nUser-Agent: curl/8\r\nX-Forwarded-Method: ${method}\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: shop.test\r\nX-Forwarded-Uri: ${uri}\r\nX-Forwarded-For: 127.0.0.9\r\n\r\n`
    expect((await askOnce(asked, question('POST', '/a?b=1'))).status).toBe(200)
    expect((await askOnce(asked, question('GET', attack))).status).toBe(403)
    await edge?.stop()
    const [block] = events('block')
    expect(block).toMatchObject({ labels: { beside: 'forward-auth' }, source: { ip: '127.0.0.9' } })
  })
})

describe('beside HAProxy', () => {
  it.skipIf(!built || !isInstalled('haproxy'))(
    'SPOE: judges, and is labelled as what it is (needs haproxy, dist)',
    async () => {
      const asked = await freePort()
      const port = await freePort()
      await startEdge([{ kind: 'spoe', listen: { host: '127.0.0.1', port: asked } }])
      const text = exampleText('haproxy.cfg', {
        '127.0.0.1:443': `127.0.0.1:${port}`,
        '127.0.0.1:7701': `127.0.0.1:${asked}`,
        '127.0.0.1:8080': `127.0.0.1:${appPort}`,
      })
      writeFileSync(join(folder, 'haproxy.cfg'), text)
      writeFileSync(join(folder, 'haproxy-spoe.conf'), exampleText('haproxy-spoe.conf', {}))
      proxy = await RealServer.start(['haproxy', '-f', 'haproxy.cfg'], port, folder)
      await expectJudgement(port, 'spoe')
      const away = await askOnce(port, get('/'))
      expect([away.status, away.header('Retry-After')]).toEqual([503, '5'])
    },
  )
})

describe('beside a CrowdSec bouncer', () => {
  it.skipIf(!built)(
    'AppSec: two workers judge heads and bodies, and events say what was seen (needs dist)',
    async () => {
      const asked = await freePort()
      const [file, key] = [join(folder, 'appsec.key'), 'a-key-of-a-bouncer-0123456789']
      writeFileSync(file, `${key}\n`, { mode: 0o600 })
      data.configure(
        edgeConfig([siteConfig('shop', appPort)], {
          workers: 2,
          beside: [
            {
              kind: 'appsec',
              site: 'shop',
              listen: { host: '127.0.0.1', port: asked },
              trusted: ['127.0.0.0/8'],
              onDeadEdge: 'refuse',
              keys: [{ file }],
              bodySizeBytes: 65_536,
              onLongBody: 'drop',
              bodyTimeoutMs: 1000,
            },
          ],
        }),
      )
      edge = await EdgeProcess.start(data)
      expect(edge.urls).toContain(`http://127.0.0.1:${asked}`)
      const question = (shown: string, target: string, body: string): string =>
        `POST / HTTP/1.1\r\nHost: edge\r\nX-Crowdsec-Appsec-Ip: 192.0.2.7\r\nX-Crowdsec-Appsec-Uri: ${target}\r\n` +
        `X-Crowdsec-Appsec-Host: shop.test\r\nX-Crowdsec-Appsec-Verb: POST\r\nX-Crowdsec-Appsec-Api-Key: ${shown}\r\n` +
        `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`
      const said = async (shown: string, target: string, body: string): Promise<string> => {
        const answer = await askOnce(asked, question(shown, target, body))
        return `${answer.status} ${answer.body}`
      }
      expect(await said(key, '/p', 'a=1')).toBe('200 {"action":"allow","http_status":200}')
      expect(await said(key, attack, 'a=1')).toBe('403 {"action":"ban","http_status":403}')
      expect(await said(key, '/p', attack.slice(2))).toBe('403 {"action":"ban","http_status":403}')
      expect(await said('wrong', '/p', 'a=1')).toMatch(/^401 /)
      await edge.stop()
      expect(seen).toEqual([])
      const judged = [...events('block'), ...events('access')]
      expect(judged).toHaveLength(5)
      expect(
        judged.every(({ labels, source }) => labels?.beside === 'appsec' && source?.ip === '192.0.2.7'),
      ).toBe(true)
      expect(JSON.stringify(data.events())).not.toContain(key)
    },
  )
})
