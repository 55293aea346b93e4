import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isBuilt, register, startApp } from './start-app.ts'
import type { App } from './start-app.ts'

const refused = 'callback SEVENFOLD_REFUSED'

// Preloaded before or after the agent: what others do to the same functions, and what breaks the agent from inside.
const preloads: Readonly<Record<string, string>> = {
  'another agent that wraps the same functions': `
    const { AsyncLocalStorage } = require('node:async_hooks')
    const storage = new AsyncLocalStorage()
    const wrap = (holder, name) => {
      const own = holder[name]
      holder[name] = function (...args) { return storage.run({}, () => own.apply(this, args)) }
    }
    wrap(require('node:http').Server.prototype, 'emit')
    wrap(require('node:child_process'), 'exec')
    wrap(require('node:fs'), 'readFileSync')
    wrap(JSON, 'parse')
    for (const name of ['load', 'require', '_compile']) wrap(require('node:module').prototype, name)`,
  'functions that cannot be replaced': `
    Object.freeze(require('node:vm'))
    Object.defineProperty(JSON, 'parse', { writable: false, configurable: false })
    Object.freeze(require('node:timers'))`,
  'code that changes the stack': `
    Error.stackTraceLimit = 0
    Error.prepareStackTrace = () => { throw new Error('no stack') }`,
  'a broken Buffer': `
    const own = Buffer.from
    Buffer.from = function (value, ...rest) {
      if (new Error().stack.includes('request-context')) throw new Error('broken')
      return own.call(Buffer, value, ...rest)
    }`,
}

describe.skipIf(!isBuilt)('an application in hardship (needs a build)', { timeout: 120_000 }, () => {
  let folder = ''
  const file = (name: string): string => join(folder, `${name.replaceAll(' ', '-')}.cjs`)

  const check = async (app: App): Promise<void> => {
    try {
      expect((await app.send('exec', 'tent')).text).toBe('ok tent\n')
      expect((await app.send('read-sync', 'a.txt')).text).toBe('ok public')
      expect((await app.send('exec', ';id')).text).toBe(refused)
      expect(app.isRunning()).toBe(true)
      expect(app.errors()).not.toMatch(/Unhandled|Uncaught|SEVENFOLD_AGENT_FAULT/)
    } finally {
      await app.stop()
    }
  }

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sevenfold-hardship-'))
    for (const [name, code] of Object.entries(preloads)) writeFileSync(file(name), code)
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  for (const name of Object.keys(preloads))
    it.each(['before', 'after'])(`works with ${name}, loaded %s the agent`, async (when) => {
      const args = [
        ['-r', file(name)],
        ['-r', register],
      ]
      await check(
        await startApp({ entry: 'app.cjs', args: (when === 'before' ? args : args.toReversed()).flat() }),
      )
    })

  it('works with frozen intrinsics', async () => {
    await check(await startApp({ entry: 'app.cjs', args: ['--frozen-intrinsics', '--import', register] }))
  })

  it('works with little memory', async () => {
    await check(await startApp({ entry: 'app.cjs', args: ['--max-old-space-size=24', '--import', register] }))
  })

  it('starts threads also under options that threads do not take', async () => {
    const app = await startApp({
      entry: 'app.cjs',
      args: ['--max-old-space-size=128', '--expose-gc', '--import', register],
    })
    expect((await app.send('worker', 'x')).text).toBe('enforce')
    await check(app)
  })

  it('works without a forwarder where one is named, and with a rate limit that nobody can read', async () => {
    const app = await startApp({
      entry: 'app.cjs',
      env: { SEVENFOLD_RUNTIME_SOCKET: join(folder, 'no.sock'), SEVENFOLD_RUNTIME_RATE_LIMITS: 'nonsense' },
    })
    expect(app.errors()).toContain('SEVENFOLD_AGENT_OPTION')
    await check(app)
  })

  it('is not asked for when the sent names belong to prototypes or hold thousands of fields', async () => {
    const app = await startApp({ entry: 'app.cjs' })
    const body = JSON.stringify({
      constructor: 'x',
      toString: 'y',
      hasOwnProperty: 'z',
      valueOf: { length: 1 },
    })
    expect((await app.ask('/json', { body, headers: { 'content-type': 'application/json' } })).text).toBe(
      `ok ${body}`,
    )
    await check(app)
  })
})
