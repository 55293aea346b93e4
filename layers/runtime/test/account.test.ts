import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { Server, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RuntimeConfig } from '@sevenfold/config'
import { startLayer } from '@sevenfold/layer'
import type { StartedLayer } from '@sevenfold/layer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runtimeLayer } from '../src/forwarder/runtime-layer.ts'
import { isBuilt, startApp } from './start-app.ts'
import type { Answer, App } from './start-app.ts'

const protect = fileURLToPath(new URL('../dist/agent/protect.js', import.meta.url))

async function until<T>(get: () => T | undefined | Promise<T | undefined>, what: string): Promise<T> {
  const deadline = Date.now() + 10_000
  for (;;) {
    const value = await get()
    if (value !== undefined) return value
    if (Date.now() > deadline) throw new Error(`${what} did not come`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe.skipIf(!isBuilt)('users and sessions (needs a build)', () => {
  let dataDir = ''
  let layer: StartedLayer<RuntimeConfig>
  let detection: Server
  let listener: ServerResponse | undefined
  let app: App

  const events = (): readonly Record<string, unknown>[] => {
    const spool = join(dataDir, 'runtime', 'spool')
    const files = existsSync(spool)
      ? readdirSync(spool, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.seg'))
      : []
    return files
      .flatMap((name) => readFileSync(join(spool, name), 'utf8').split('\n'))
      .filter((line) => line.startsWith('{"@timestamp"'))
      .flatMap((line) => {
        try {
          return [JSON.parse(line) as Record<string, unknown>]
        } catch {
          return [] // a line that is being written
        }
      })
  }
  const find = (what: object, name: string): Promise<unknown> =>
    until(() => {
      for (const event of events())
        try {
          expect(event).toMatchObject(what)
          return event
        } catch {
          continue
        }
      return undefined
    }, name)

  const login = (password: string): Promise<Answer> =>
    app.ask('/login', {
      body: JSON.stringify({ username: 'margaret', password }),
      headers: { 'content-type': 'application/json' },
    })

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'sf-rt-'))
    for (const part of ['runtime', 'detection']) mkdirSync(join(dataDir, part), { mode: 0o700 })
    writeFileSync(
      join(dataDir, 'runtime', 'config.json'),
      JSON.stringify({ v: 1, spoolBytes: 16_777_216, mode: 'enforce' }),
    )
    detection = http.createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('event: snapshot\ndata: {"version":1,"add":[],"remove":[]}\n\n')
      listener = response
    })
    await new Promise<void>((resolve) => {
      detection.listen(join(dataDir, 'detection', 'api.sock'), resolve)
    })
    const silent = (): void => undefined
    const log = { debug: silent, info: silent, warn: silent, error: silent }
    layer = await startLayer(runtimeLayer, { dataDir, log })
    app = await startApp({
      entry: 'app.cjs',
      env: {
        PROTECT: protect,
        SEVENFOLD_RUNTIME_SOCKET: join(dataDir, 'runtime', 'sensor.sock'),
        SEVENFOLD_SERVICE: 'weak-app',
        SEVENFOLD_RUNTIME_RATE_LIMITS: '/fault 2/1h',
      },
    })
  })

  afterAll(async () => {
    await app.stop()
    listener?.destroy()
    detection.close()
    await layer.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })

  it('tells of logins that no package told of', async () => {
    expect((await login('wrong')).status).toBe(401)
    expect((await login('right')).status).toBe(200)
    for (const outcome of ['failure', 'success'])
      await find(
        {
          event: { outcome, category: ['authentication'] },
          sevenfold: { kind: 'authentication', layer: 'runtime', site: 'weak-app' },
          user: { name: 'margaret' },
          source: { ip: '127.0.0.1' },
        },
        outcome,
      )
  })

  it('tells of what was denied', async () => {
    expect((await app.send('deny', 'eve')).text).toBe('told')
    await find(
      { event: { outcome: 'failure', reason: 'denied: admin area' }, user: { name: 'eve' } },
      'the denial',
    )
  })

  it('keeps users and sessions out by decision, and lets them in when it is lifted', async () => {
    const asked = (path: string, cookie?: string): Promise<Answer> =>
      app.ask(path, cookie === undefined ? {} : { headers: { cookie } })
    expect((await asked('/user?q=mallory')).text).toBe('let in')
    const one = (id: number, scope: string, value: string): object => ({
      id,
      scope,
      value,
      type: 'ban',
      duration: '1h0m0s',
      until: new Date(Date.now() + 3_600_000).toISOString(),
      origin: 'sevenfold',
      scenario: 'test/x',
    })
    const stream = await until(() => listener, 'the listener')
    const tell = (delta: object): boolean => stream.write(`event: delta\ndata: ${JSON.stringify(delta)}\n\n`)
    tell({ version: 2, add: [one(7, 'username', 'mallory'), one(8, 'session', 'stolen')], remove: [] })
    await until(
      async () => ((await asked('/user?q=mallory')).status === 403 ? true : undefined),
      'the refusal',
    )
    expect((await asked('/user?q=margaret')).text).toBe('let in')
    expect((await asked('/exec?q=tent', 'sid=stolen')).status).toBe(403)
    expect((await asked('/exec?q=tent', 'sid=own')).text).toMatch(/^ok/)
    tell({ version: 3, add: [], remove: [7, 8] })
    await until(
      async () => ((await asked('/user?q=mallory')).text === 'let in' ? true : undefined),
      'the lifting',
    )
  })

  it('answers 429 beyond a rate limit', async () => {
    const answers = [await app.send('fault', 'x'), await app.send('fault', 'x'), await app.send('fault', 'x')]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429])
    expect(Number(answers[2]?.headers['retry-after'])).toBeGreaterThan(3_000)
  })

  it('judges messages of a queue as it judges requests', async () => {
    expect((await app.send('queue', ';id')).text).toBe('callback SEVENFOLD_REFUSED')
    expect((await app.send('queue', 'tent')).text).toBe('ok tent\n')
  })

  it('starts Node processes with the agent, also with a clean environment, and threads', async () => {
    expect((await app.send('child-clean', 'x')).text).toBe('ok enforce')
    expect((await app.send('child-fork', 'x')).text).toBe('enforce')
    for (const line of ['exec', 'shell', 'sh'])
      expect((await app.send('child-line', line)).text).toBe('ok enforce')
    expect((await app.send('child-line-callback', 'x')).text).toBe('ok enforce')
    expect((await app.send('worker', 'x')).text).toBe('enforce')
  })

  it('tells of a line that starts Node in an environment of its own', async () => {
    expect((await app.send('child-line', 'clean')).text).toBe('ok undefined')
    await find(
      {
        event: { action: 'sensor-unprotected' },
        message: expect.stringContaining('a shell started it') as string,
      },
      'the notice',
    )
  })

  it('tells what the process loads and does', async () => {
    await find(
      { event: { action: 'runtime-inventory' }, message: expect.stringContaining('routes:') as string },
      'routes',
    )
  }, 30_000)
})
