import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isBuilt, startApp } from './start-app.ts'
import type { Answer, App } from './start-app.ts'

const packages = process.env['SEVENFOLD_RUNTIME_PACKAGES'] ?? ''
const hasAll = ['express', 'express-session', 'passport', 'passport-local'].every(
  (name) => packages !== '' && existsSync(join(packages, name)),
)

interface Line {
  readonly type?: string
  readonly event?: {
    readonly event?: { readonly outcome?: string }
    readonly user?: { readonly name?: string }
    readonly sevenfold?: { readonly kind?: string }
  }
}

/** A forwarder that only listens and says what it is told to say. */
class Listener {
  readonly lines: Line[] = []
  readonly #server: Server
  #socket: Socket | undefined
  #heard: (() => void) | undefined

  constructor(path: string) {
    let unread = ''
    this.#server = createServer((socket) => {
      this.#socket = socket
      socket.on('error', () => undefined)
      socket.setEncoding('utf8')
      socket.on('data', (text: string) => {
        unread += text
        const whole = unread.split('\n')
        unread = whole.pop() ?? ''
        for (const line of whole) this.lines.push(JSON.parse(line) as Line)
        this.#heard?.()
      })
    }).listen(path)
  }

  say(message: object): void {
    this.#socket?.write(`${JSON.stringify(message)}\n`)
  }

  /** Waits until a line is what is looked for; the test's own time limit ends it. */
  async until(isIt: (line: Line) => boolean): Promise<Line> {
    for (;;) {
      const found = this.lines.find(isIt)
      if (found !== undefined) return found
      await new Promise<void>((resolve) => {
        this.#heard = resolve
      })
    }
  }

  login(name: string, outcome: string): Promise<Line> {
    return this.until(
      ({ event }) =>
        event?.sevenfold?.kind === 'authentication' &&
        event.user?.name === name &&
        event.event?.outcome === outcome,
    )
  }

  close(): void {
    this.#socket?.destroy()
    this.#server.close()
  }
}

describe.skipIf(!isBuilt || !hasAll)(
  'Passport and express-session (needs a build and SEVENFOLD_RUNTIME_PACKAGES)',
  () => {
    let folder = ''
    let listener: Listener
    let app: App

    const post = (path: string, body: object, cookie = ''): Promise<Answer> =>
      app.ask(path, {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...(cookie === '' ? {} : { cookie }) },
      })

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'sevenfold-sessions-'))
      const path = join(folder, 'sensor.sock')
      listener = new Listener(path)
      app = await startApp({
        entry: 'sessions.cjs',
        env: { NODE_PATH: packages, SEVENFOLD_RUNTIME_SOCKET: path, SEVENFOLD_RUNTIME_TOKEN: 't' },
      })
      await listener.until(({ type }) => type === 'hello')
    }, 60_000)

    afterAll(async () => {
      await app.stop()
      listener.close()
      rmSync(folder, { recursive: true, force: true })
    })

    it('tells of logins by a strategy of Passport', async () => {
      expect((await post('/enter', { username: 'ana', password: 'wrong' })).status).toBe(401)
      await listener.login('ana', 'failure')
      expect((await post('/enter', { username: 'ana', password: 'right' })).text).toBe('in ana')
      await listener.login('ana', 'success')
    }, 60_000)

    it('tells of logins by a session that begins, and of forms that come back', async () => {
      expect((await post('/door', { email: 'ben@shop.example', password: 'wrong' })).status).toBe(302)
      await listener.login('ben@shop.example', 'failure')
      expect((await post('/door', { email: 'ben@shop.example', password: 'right' })).status).toBe(302)
      await listener.login('ben@shop.example', 'success')
    }, 60_000)

    it('keeps a user out of a session that is open', async () => {
      const entered = await post('/enter', { username: 'eve', password: 'right' })
      const cookie = String(entered.headers['set-cookie']).split(';', 1)[0] ?? ''
      const me = async (): Promise<Answer> => app.ask('/me', { headers: { cookie } })
      expect((await me()).text).toBe('me eve')
      const decision = { id: 1, type: 'ban', scope: 'username', value: 'eve', duration: '1h' }
      const rest = { until: '2999-01-01T00:00:00.000Z', origin: 'sevenfold', scenario: 'x' }
      listener.say({ type: 'decisions', version: 1, add: [{ ...decision, ...rest }], remove: [] })
      while ((await me()).status !== 403) expect(app.isRunning()).toBe(true)
      listener.say({ type: 'decisions', version: 2, add: [], remove: [1] })
      while ((await me()).status !== 200) expect(app.isRunning()).toBe(true)
    }, 60_000)
  },
)
