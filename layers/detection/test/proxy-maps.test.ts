import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { ask, createTemporaryFolder, startHouse } from './house.ts'
import type { House } from './house.ts'
import { findProgram, until } from './namespaces.ts'

/** Longest from a ban to its effect, as docs/detection.md states it, with room for a machine under load. */
const patienceMs = 20_000

interface Proxy {
  readonly program: string
  readonly map: 'haproxyMap' | 'nginxMap'
  readonly example: string
  /** What stands in the example, and what the test puts there. */
  readonly places: { readonly map: string; readonly listen: string; readonly app: string }
  readonly listen: (address: string) => string
  /** The whole configuration around the example. */
  readonly frame: (example: string, folder: string) => string
  readonly start: (config: string) => readonly string[]
  readonly reload: (config: string, folder: string) => readonly string[]
}

const asRoot = process.getuid?.() === 0
const temporaryPaths = (folder: string): string =>
  ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`)
    .join(' ')

const proxies: readonly Proxy[] = [
  {
    program: 'haproxy',
    map: 'haproxyMap',
    example: 'haproxy-bans.cfg',
    places: { map: '/etc/haproxy/bans.map', listen: 'bind :80', app: '127.0.0.1:8080' },
    listen: (address) => `bind ${address}`,
    frame: (example, folder) => `global\n    maxconn 100\n    pidfile ${folder}/proxy.pid\n\n${example}`,
    start: (config) => ['-W', '-f', config],
    // As `systemctl reload haproxy` does it.
    reload: (_config, folder) => [
      process.execPath,
      '-e',
      `process.kill(Number(require('fs').readFileSync('${folder}/proxy.pid', 'utf8').split('\\n')[0]), 'SIGUSR2')`,
    ],
  },
  {
    program: 'nginx',
    map: 'nginxMap',
    example: 'nginx-bans.conf',
    places: { map: '/etc/nginx/bans.conf', listen: 'listen 80;', app: '127.0.0.1:8080' },
    listen: (address) => `listen ${address};`,
    frame: (
      example,
      folder,
    ) => `${asRoot ? 'user root; ' : ''}daemon off; worker_processes 2; pid ${folder}/proxy.pid;
error_log ${folder}/error.log;
events { worker_connections 100; }
http { access_log off; ${temporaryPaths(folder)}
${example}
}
`,
    start: (config) => ['-c', config],
    reload: (config) => [findProgram('nginx') ?? 'nginx', '-c', config, '-s', 'reload'],
  },
]

let folder: TemporaryFolder
let app: Server
let house: House | undefined
let children: ChildProcess[] = []
let address: string
beforeEach(async () => {
  folder = createTemporaryFolder()
  // A loopback address of its own: no port has to be free.
  address = `127.83.${randomInt(1, 255)}.${randomInt(1, 255)}`
  app = createServer((_request, response) => response.end('app'))
  app.listen(0, '127.0.0.1')
  await once(app, 'listening')
})
afterEach(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  children = []
  await house?.stop()
  house = undefined
  app.closeAllConnections()
  app.close()
  folder.remove()
})

/** Starts the proxy with the example of the documentation, then detection; gives the path of the map. */
async function start(proxy: Proxy): Promise<string> {
  const at = (name: string): string => join(folder.path, name)
  const [config, map] = [at('proxy.conf'), at('bans')]
  const { port } = app.address() as { port: number }
  const file = fileURLToPath(new URL(`../../../docs/detection/${proxy.example}`, import.meta.url))
  let example = readFileSync(file, 'utf8')
  const replaced = { [proxy.places.map]: map, [proxy.places.listen]: proxy.listen(`${address}:8080`) }
  for (const [from, to] of Object.entries({ ...replaced, [proxy.places.app]: `127.0.0.1:${port}` })) {
    expect(example).toContain(from)
    example = example.replaceAll(from, to)
  }
  writeFileSync(config, proxy.frame(example, folder.path))
  // First the proxy with an empty list, so that it is there when detection tells it for the first time.
  writeFileSync(map, '')
  children.push(spawn(findProgram(proxy.program) ?? '', proxy.start(config), { stdio: 'ignore' }))
  expect(await until(async () => (await status('127.0.0.66')) === 200, patienceMs)).toBe(true)
  house = await startHouse(join(folder.path, 'data'), {
    enforcement: { [proxy.map]: { file: map, reload: proxy.reload(config, folder.path) } },
  })
  return map
}

/** Status that the proxy gives a client at an address; 0 when it gives none. */
function status(from: string): Promise<number> {
  return new Promise((resolve) => {
    const call = request({ host: address, port: 8080, localAddress: from, agent: false, timeout: 5_000 })
    call.on('response', (response) => {
      response.resume()
      response.on('close', () => resolve(response.statusCode ?? 0))
    })
    call.on('timeout', () => call.destroy())
    call.on('error', () => resolve(0))
    call.end()
  })
}

const becomes = (from: string, expected: number): Promise<boolean> =>
  until(async () => (await status(from)) === expected, patienceMs)

async function ban(body: object): Promise<number> {
  const answer = await ask(house?.socket ?? '', { method: 'POST', path: '/v1/decisions', body })
  if (answer.status !== 201) throw new Error(answer.body)
  return (JSON.parse(answer.body) as { id: number }).id
}

const unban = (id: number): Promise<unknown> =>
  ask(house?.socket ?? '', { method: 'DELETE', path: `/v1/decisions/${id}` })

/** Everything that may stand in a file that a proxy reads. */
const lineForms = {
  haproxyMap: /^(?:#[ \w;.]*|[0-9a-f.:]+(?:\/\d{1,3})? [a-z][a-z0-9-]*)$/,
  nginxMap: /^(?:#[ \w;.]*|[0-9a-f.:]+(?:\/\d{1,3})? [a-z][a-z0-9-]*;)$/,
} as const

describe.each(proxies)('$program with the example of the documentation', (proxy) => {
  const missing = findProgram(proxy.program) === undefined
  const name = (text: string): string => `${text}${missing ? ` (needs ${proxy.program})` : ''}`

  it.skipIf(missing)(
    name('refuses whom detection bans, addresses and ranges, and serves whom it frees'),
    { timeout: 120_000 },
    async () => {
      await start(proxy)
      const one = await ban({ value: '127.0.0.66' })
      expect(await becomes('127.0.0.66', 403)).toBe(true)
      expect(await status('127.0.0.67')).toBe(200)
      const range = await ban({ value: '127.77.0.0/16' })
      await ban({ value: '2001:db8:7::/48' })
      await ban({ value: '2001:db8::7' })
      expect(await becomes('127.77.200.3', 403)).toBe(true)
      expect(await status('127.78.0.1')).toBe(200)
      await ban({ value: '127.77.9.9', type: 'allow' })
      expect(await becomes('127.77.9.9', 200)).toBe(true)
      expect(await status('127.77.9.8')).toBe(403)
      await unban(one)
      await unban(range)
      expect(await becomes('127.0.0.66', 200)).toBe(true)
      expect(await becomes('127.77.200.3', 200)).toBe(true)
    },
  )

  it.skipIf(missing)(
    name('never sees anything but addresses and words, whatever decisions are about'),
    { timeout: 120_000 },
    async () => {
      const map = await start(proxy)
      const source = { scope: 'Ip', value: '198.18.0.9' }
      const evil = ['ban;}', 'ban\n127.0.0.1 ban', '}\nserver{listen 1;}', 'a b', '../x', '#', '"', 'é', '']
      const value = [
        '127.0.0.70;',
        '127.0.0.70\n127.0.0.71 ban',
        '0.0.0.0/0 x',
        'include /etc/passwd',
        '1.2.3',
      ]
      const decisions = [
        ...evil.map((type, i) => ({ type, scope: 'Ip', value: `198.18.7.${i}`, duration: '1h' })),
        ...value.flatMap((text) =>
          ['Ip', 'Range', 'username', 'session', 'Country', 'AS'].map((scope) => ({
            type: 'ban',
            scope,
            value: text,
            duration: '1h',
          })),
        ),
      ]
      const alert = {
        scenario: 'evil;}\ninclude /etc/passwd;',
        message: '',
        start_at: '2026-11-21T00:00:00Z',
        stop_at: '2026-11-21T00:00:01Z',
        source,
      }
      const alerts = decisions.map((decision) => ({
        ...alert,
        decisions: [{ ...decision, origin: 'x;\ny', scenario: 'z;\n}' }],
      }))
      const taken = await ask(house?.socket ?? '', { method: 'POST', path: '/v1/alerts', body: alerts })
      expect(taken.status).toBe(201)
      await ban({ value: '127.0.0.66' })
      // The proxy took the file: a broken one would leave the old list in force.
      expect(await becomes('127.0.0.66', 403)).toBe(true)
      const lines = readFileSync(map, 'utf8').split('\n').slice(0, -1)
      expect(lines.length).toBeGreaterThan(evil.length)
      expect(lines.filter((line) => !lineForms[proxy.map].test(line))).toEqual([])
      expect(lines.filter((line) => line.startsWith('198.18.7.'))).toHaveLength(evil.length)
      expect(await status('127.0.0.70')).toBe(200)
    },
  )

  it.skipIf(missing)(
    name('goes on with the list that it has while detection is down, and takes the new one when it is back'),
    { timeout: 120_000 },
    async () => {
      await start(proxy)
      await ban({ value: '127.0.0.66', duration: '1h' })
      expect(await becomes('127.0.0.66', 403)).toBe(true)
      await house?.stop()
      house = undefined
      expect([await status('127.0.0.66'), await status('127.0.0.67')]).toEqual([403, 200])
      const map = join(folder.path, 'bans')
      const config = join(folder.path, 'proxy.conf')
      const reload = proxy.reload(config, folder.path)
      house = await startHouse(join(folder.path, 'data'), {
        enforcement: { [proxy.map]: { file: map, reload } },
      })
      await ban({ value: '127.0.0.67' })
      expect(await becomes('127.0.0.67', 403)).toBe(true)
      expect(await status('127.0.0.66')).toBe(403)
    },
  )
})

describe('a proxy that cannot be told', () => {
  it('does not keep the file from being written, and is reported', { timeout: 60_000 }, async () => {
    const map = join(folder.path, 'bans')
    house = await startHouse(join(folder.path, 'data'), {
      enforcement: { haproxyMap: { file: map, reload: ['/nonexistent/haproxy'] } },
    })
    await ban({ value: '198.18.0.1' })
    expect(
      await until(() => existsSync(map) && readFileSync(map, 'utf8').includes('198.18.0.1 ban'), patienceMs),
    ).toBe(true)
    expect(await until(() => house?.log.events().includes('enforcement-failed') === true, patienceMs)).toBe(
      true,
    )
  })
})
