import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isBuilt, startApp } from './start-app.ts'
import type { App } from './start-app.ts'

const refused = 'SEVENFOLD_REFUSED'

// Route, attack, what the application sees, innocent value, what it sees then.
const table: readonly [string, string, string, string, RegExp][] = [
  ['exec', ';id', 'callback', 'tent', /^ok tent/],
  ['exec-promise', '$(id)', 'promise', 'tent', /^ok tent/],
  ['exec-sync', '|id', 'throw', 'tent', /^ok tent/],
  ['spawn', '`id`', 'event', 'tent', /^ok 0/],
  ['spawn-sync', '&& id', 'result', 'tent', /^ok tent/],
  ['read-callback', '../private.txt', 'callback', 'a.txt', /^ok public/],
  ['read-promise', '../private.txt', 'promise', 'a.txt', /^ok public/],
  ['read-sync', '../private.txt', 'throw', 'a.txt', /^ok public/],
  ['read-stream', '../private.txt', 'event', 'a.txt', /^ok/],
  ['write-sync', '../owned.txt', 'throw', 'b.txt', /^ok/],
  ['eval', 'process.pid', 'throw', '41', /^ok 42/],
  ['function', 'process.pid', 'throw', '41', /^ok 42/],
  ['function-constructor', 'process.pid', 'throw', '41', /^ok 42/],
  ['vm', '(()=>7)()', 'throw', '41', /^ok 42/],
  ['script', 'process.pid', 'throw', '41', /^ok 42/],
  ['require', 'node:os', 'throw', 'node:fs', /^ok \d/],
]

describe.skipIf(!isBuilt)('the agent in an application (needs a build)', () => {
  let app: App
  let inner: Server
  let innerUrl = ''

  beforeAll(async () => {
    app = await startApp({ entry: 'app.cjs' })
    inner = createServer((_request, response) => response.end('inner'))
    await new Promise<void>((resolve) => {
      inner.listen(0, '127.0.0.1', resolve)
    })
    innerUrl = `http://127.0.0.1:${(inner.address() as AddressInfo).port}/`
  })

  afterAll(async () => {
    await app.stop()
    inner.close()
  })

  it.each(table)(
    '%s: %s is refused by its own channel (%s); %s passes',
    async (route, attack, channel, innocent, ok) => {
      expect((await app.send(route, attack)).text).toBe(`${channel} ${refused}`)
      expect((await app.send(route, innocent)).text).toMatch(ok)
    },
  )

  it('refuses requests to inner addresses that an input chose, in any spelling', async () => {
    const port = new URL(innerUrl).port
    for (const url of [
      innerUrl,
      `http://localhost:${port}/`,
      `http://2130706433:${port}/`,
      `http://0177.1:${port}/`,
    ]) {
      expect((await app.send('fetch', url)).text).toBe(`promise ${refused}`)
      expect((await app.send('http-get', url)).text).toBe(`event ${refused}`)
    }
  })

  it('ends no process when nobody looks at the refusal', async () => {
    await app.send('spawn-ignored', ';id')
    await app.send('read-ignored', '../private.txt')
    expect((await app.send('exec', 'tent')).text).toMatch(/^ok/)
    expect(app.isRunning()).toBe(true)
    expect(app.errors()).not.toMatch(/Unhandled|Uncaught/)
  })

  it('refuses JSON that reaches a prototype and gives a decoy to a path that names one', async () => {
    const json = (body: string): Promise<{ text: string }> =>
      app.ask('/json', { body, headers: { 'content-type': 'application/json' } })
    expect((await json('{"__proto__":{"a":1}}')).text).toBe(`throw ${refused}`)
    expect((await json('{"constructor":{"prototype":{"a":1}}}')).text).toBe(`throw ${refused}`)
    expect((await json('{"q":"__proto__"}')).text).toBe('ok {"q":"__proto__"}')
    expect((await app.send('prototype', '__proto__.polluted')).text).toBe('ok undefined')
  })

  it('leaves JSON that names a prototype to a parser that takes it out by itself', async () => {
    const careful = join(app.folder, 'node_modules', 'secure-json-parse')
    mkdirSync(careful, { recursive: true })
    writeFileSync(
      join(careful, 'index.js'),
      "exports.parse = (text) => JSON.parse(text, (key, value) => (key === '__proto__' ? undefined : value))",
    )
    const answer = await app.ask('/json-careful', {
      body: '{"__proto__":{"a":1},"b":2}',
      headers: { 'content-type': 'application/json' },
    })
    expect(answer.text).toBe('ok {"b":2}')
  })

  it('gives a decoy to a path that reaches a prototype over a constructor, and afterwards all is as before', async () => {
    const polluted = await app.send('constructor', 'constructor.prototype.polluted')
    expect(polluted.text).toBe('ok undefined constructor.prototype.polluted')
    expect((await app.send('constructor', 'first.second')).text).toBe('ok undefined true')
  })

  it('removes what a request left on the prototype of all objects', async () => {
    expect((await app.send('leave', 'constructor.prototype.remains')).text).toBe('ok left')
    expect((await app.send('left', 'remains')).text).toBe('ok undefined')
  })

  it('counts for patterns that are made at run time, which otherwise are what they were', async () => {
    expect((await app.send('regex', `${'a'.repeat(40)}!`)).text).toBe('ok false')
    expect((await app.send('regex', 'aaa')).text).toBe('ok true')
    const each = [true, 'aab', 'x-x']
    const first = [true, 'aab', 'x-aab']
    expect(JSON.parse((await app.send('regex-kinds', '1')).text.slice(3))).toEqual([
      [each, first, first],
      true,
      'b',
      2,
    ])
  })

  it('shows markup that earlier requests brought, and does not let it run', async () => {
    const script = '<script>alert("é")</script>'
    await app.send('keep', `one ${script}`)
    await app.send('keep', '<b>bold</b>')
    const shown = '<p>one &lt;script&gt;alert(&quot;é&quot;)&lt;/script&gt;</p><p><b>bold</b></p>'
    const whole = await app.send('kept', 'whole')
    expect(whole.text).toBe(shown)
    expect(whole.headers['content-length']).toBe(String(Buffer.byteLength(shown)))
    expect((await app.send('kept', 'pieces')).text).toBe(shown)
    // Nobody else can make a browser send JSON: what came with it is shown to its own sender alone.
    const own = await app.ask('/kept', {
      body: JSON.stringify({ note: `one ${script}` }),
      headers: { 'content-type': 'application/json' },
    })
    expect(own.text).toBe(`<p>one ${script}</p><p><b>bold</b></p>`)
  })

  it('does not let markup of a request run in an answer that is sent in pieces', async () => {
    const shown = '&lt;script&gt;f()&lt;/script&gt;'
    expect((await app.send('pieces', '<script>f()</script>')).text).toBe(
      `<html><p>${shown}</p><i>${shown}</i>`,
    )
    expect((await app.send('pieces', '<b>bold</b>')).text).toBe('<html><p><b>bold</b></p><i><b>bold</b></i>')
  })

  it('answers 403 for redirects to other sites and for markup, and leaves others alone', async () => {
    expect(await app.send('redirect', 'https://evil.example/')).toMatchObject({
      status: 403,
      text: 'refused\n',
    })
    expect(await app.send('redirect', '/account')).toMatchObject({ status: 302 })
    const marked = await app.send('html', '<img src=x onerror=alert(1)>')
    expect(marked).toMatchObject({ status: 403, text: 'refused\n' })
    expect(marked.headers['x-own']).toBeUndefined()
    expect(await app.send('html', '<b>bold</b>')).toMatchObject({ status: 200, text: '<h1><b>bold</b></h1>' })
  })

  it.each(['pg-callback', 'pg-promise', 'pg-object'])(
    'refuses a statement at the driver: %s',
    async (route) => {
      const channel = route === 'pg-callback' ? 'callback' : 'promise'
      expect((await app.send(route, "' or 1=1--")).text).toBe(`${channel} ${refused}`)
    },
  )

  it('lets the call through when its arguments make the agent itself fail', async () => {
    expect((await app.send('fault', 'x')).text).toMatch(/^throw ERR_INVALID_ARG_TYPE/)
    expect(app.isRunning()).toBe(true)
  })

  it('takes bodies of 10 MB and 10,000 parameters', async () => {
    const body = JSON.stringify({ text: 'a b '.repeat(2_500_000) })
    const big = await app.ask('/json', { body, headers: { 'content-type': 'application/json' } })
    expect(big.text.length).toBe(body.length + 3)
    const form = Array.from({ length: 10_000 }, (_, i) => `p${i}=v+${i}`).join('&')
    const answer = await app.ask('/exec?q=tent', {
      body: form,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(answer.text).toMatch(/^ok tent/)
  })
})

describe.skipIf(!isBuilt)('ways to start (needs a build)', { timeout: 120_000 }, () => {
  it('guards names that an ECMAScript module imports from built-ins', async () => {
    const app = await startApp({ entry: 'app.mjs' })
    try {
      expect((await app.send('exec', ';id')).text).toBe(refused)
      expect((await app.send('exec', 'tent')).text).toBe('ok')
      expect((await app.send('read', '../private.txt')).text).toBe(refused)
      expect((await app.send('read', 'a.txt')).text).toBe('ok')
      expect((await app.send('get', 'http://127.0.0.1:9/')).text).toBe(refused)
    } finally {
      await app.stop()
    }
  })

  it.each(['monitor', 'off', 'unknown'])('mode %s lets everything through', async (mode) => {
    const app = await startApp({ entry: 'app.cjs', env: { SEVENFOLD_RUNTIME_MODE: mode } })
    try {
      expect((await app.send('read-sync', '../private.txt')).text).toBe('ok private')
      expect((await app.send('eval', 'process.pid')).text).toMatch(/^ok \d/)
    } finally {
      await app.stop()
    }
  })
})
