import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import {
  decodeHeartbeat,
  decodeSignedHeartbeat,
  heartbeatContext,
  maxControlLineBytes,
} from '@sevenfold/event'
import type { ControlRequest, ControlResponse, EventDraft, HeartbeatBody } from '@sevenfold/event'
import { createFakeClock, createMemoryLog } from '@sevenfold/testkit'
import type { FakeClock, MemoryLog } from '@sevenfold/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  askControl,
  configPath,
  defineLayer,
  lastGoodPath,
  loadOrCreateKeys,
  publicKeyFromRaw,
  startLayer,
  startPart,
  verifySignature,
} from '../src/index.ts'
import type { Layer, PartContext, StartOptions } from '../src/index.ts'
import { createBench, startTestReceiver, until } from './harness.ts'
import type { Bench } from './harness.ts'

let bench: Bench
beforeEach(() => void (bench = createBench()))
afterEach(() => bench.close())

interface Started {
  readonly part: PartContext<unknown>
  readonly log: MemoryLog
  readonly control: string
  ask(request: Partial<ControlRequest>): Promise<ControlResponse>
  /** Events of one kind that are on disk and not acknowledged. */
  events(kind: string): Promise<EventDraft[]>
}

async function start(options: Partial<StartOptions<unknown>> = {}): Promise<Started> {
  const log = createMemoryLog()
  const part = await startPart({
    part: 'edge',
    dataDir: bench.folder,
    config: {},
    receivers: [{ name: 'ledger', socketPath: join(bench.folder, 'nobody.sock') }],
    modes: { layer: 'enforce', sites: { shop: 'enforce' } },
    log,
    ...options,
  })
  bench.later(() => part.stop())
  const control = join(bench.folder, 'edge', 'control.sock')
  return {
    part,
    log,
    control,
    ask: (wish) => askControl(control, { id: '1', op: 'status', actor: 'tester', ...wish }),
    events: async (kind) => {
      await part.spool.flush()
      const reader = part.spool.reader('other')
      const found: EventDraft[] = []
      const batch = await reader.next(10_000_000)
      for (const line of Buffer.from(batch?.body ?? [])
        .toString()
        .split('\n')) {
        if (line === '') continue
        const event = JSON.parse(line) as EventDraft
        if (event.sevenfold.kind === kind) found.push(event)
      }
      return found
    },
  }
}

describe('the control socket', () => {
  it('is for its owner alone and tells the status', async () => {
    const { ask, control, part } = await start()
    expect(statSync(control).mode & 0o777).toBe(0o600)
    const answer = await ask({ op: 'status' })
    expect(answer).toMatchObject({
      id: '1',
      ok: true,
      result: { part: 'edge', canaryState: 'none', heartbeat: { agent: 'edge/main' } },
    })
    expect(part.mode()).toBe('enforce')
  })

  it('weakens and strengthens, per layer and site, and each act is an event', async () => {
    const { ask, part, events } = await start()
    const changes: string[] = []
    part.onModeChange(() => void changes.push(part.mode('shop')))
    expect(await ask({ op: 'mode', mode: 'monitor', site: 'shop', reason: 'testing' })).toMatchObject({
      ok: true,
      result: { from: 'enforce', to: 'monitor' },
    })
    expect(part.mode('shop')).toBe('monitor')
    expect(part.mode()).toBe('enforce')
    expect(await ask({ op: 'mode', mode: 'enforce', site: 'shop' })).toMatchObject({ ok: true })
    expect(changes).toEqual(['monitor', 'enforce'])
    const acts = await events('admin')
    expect(acts.map(({ sevenfold, event }) => [sevenfold.site, sevenfold.admin, event.outcome])).toEqual([
      ['shop', { op: 'mode', actor: 'tester', from: 'enforce', to: 'monitor', reason: 'testing' }, 'success'],
      ['shop', { op: 'mode', actor: 'tester', from: 'monitor', to: 'enforce' }, 'success'],
    ])
  })

  it.each(['playbook:block-country', 'backbone:alerts', 'console', 'alerts', 'playbooks', 'ledger'])(
    'lets %s strengthen and not weaken, and the refusal is an event too',
    async (actor) => {
      const { ask, part, events } = await start()
      expect(await ask({ op: 'mode', mode: 'off', actor })).toMatchObject({
        ok: false,
        error: { code: 'CONTROL_WEAKENING_REFUSED' },
      })
      expect(part.mode()).toBe('enforce')
      await ask({ op: 'mode', mode: 'monitor' })
      expect(await ask({ op: 'mode', mode: 'enforce', actor })).toMatchObject({ ok: true })
      expect((await events('admin')).map(({ event }) => event.outcome)).toEqual([
        'failure',
        'success',
        'success',
      ])
    },
  )

  it('refuses a mode for an unknown site and a mode act without a mode', async () => {
    const { ask } = await start()
    expect(await ask({ op: 'mode', mode: 'off', site: 'nope' })).toMatchObject({
      ok: false,
      error: { code: 'CONTROL_UNKNOWN_SITE' },
    })
    expect(await ask({ op: 'mode' })).toMatchObject({ ok: false, error: { code: 'CONTROL_BAD_REQUEST' } })
  })

  it('runs the self-test, the reload and the drain that the part gives', async () => {
    const { ask, part } = await start()
    let drained = false
    let ok = true
    part.handle({
      selfTest: () => Promise.resolve({ ok, details: { rules: 7 } }),
      reload: () =>
        ok
          ? Promise.resolve({
              config: { n: 2 },
              digest: 'ab'.repeat(32),
              modes: { layer: 'monitor', sites: {} },
            })
          : Promise.reject(new Error('line 3: unknown key')),
      drain: () => {
        drained = true
        return Promise.resolve()
      },
    })
    expect(await ask({ op: 'selftest' })).toMatchObject({
      ok: true,
      result: { ok: true, details: { rules: 7 } },
    })
    expect(await ask({ op: 'reload' })).toMatchObject({ ok: true, result: { config: 'ab'.repeat(32) } })
    expect([part.config, part.mode(), part.heartbeat('').config]).toEqual([
      { n: 2 },
      'monitor',
      'ab'.repeat(32),
    ])
    ok = false
    expect(await ask({ op: 'selftest' })).toMatchObject({
      ok: false,
      error: { code: 'CONTROL_SELFTEST_FAILED' },
    })
    expect(await ask({ op: 'reload' })).toMatchObject({
      ok: false,
      error: { code: 'CONTROL_RELOAD_FAILED', message: 'line 3: unknown key' },
    })
    expect(part.config).toEqual({ n: 2 })
    expect(await ask({ op: 'drain' })).toMatchObject({ ok: true })
    expect(drained).toBe(true)
  })

  it('answers an unexpected error of a handler and goes on', async () => {
    const { ask, part } = await start()
    part.handle({ drain: () => Promise.reject(new Error('bug')) })
    expect(await ask({ op: 'drain' })).toMatchObject({ ok: false, error: { code: 'CONTROL_INTERNAL' } })
    expect(await ask({ op: 'status' })).toMatchObject({ ok: true })
  })

  function raw(control: string, bytes: Uint8Array | string): Promise<string> {
    return new Promise((resolve) => {
      const socket = connect(control)
      let text = ''
      socket.on('data', (chunk) => void (text += chunk.toString()))
      socket.on('close', () => resolve(text))
      socket.on('error', () => resolve(text))
      socket.end(bytes)
    })
  }

  it.each([
    ['no JSON', '{\n'],
    ['no object', '[]\n'],
    ['an unknown operation', '{"id":"1","op":"rm","actor":"a"}\n'],
    ['no actor', '{"id":"1","op":"status"}\n'],
    ['a long actor', `{"id":"1","op":"status","actor":"${'a'.repeat(129)}"}\n`],
    ['a wrong mode', '{"id":"1","op":"mode","mode":"on","actor":"a"}\n'],
    ['a prototype', '{"id":"1","op":"status","actor":"a","__proto__":{}}\n'],
    ['no UTF-8', Buffer.from([0xff, 0xfe, 0x0a])],
  ])('refuses %s and keeps serving', async (_name, bytes) => {
    const { control, ask } = await start()
    expect(JSON.parse(await raw(control, bytes))).toMatchObject({
      ok: false,
      error: { code: 'CONTROL_BAD_REQUEST' },
    })
    expect(await ask({ op: 'status' })).toMatchObject({ ok: true })
  })

  it('takes the longest line and closes on a longer one', async () => {
    const { control } = await start()
    const pad = (length: number): string => {
      const line = '{"id":"1","op":"status","actor":"a"}'
      return line + ' '.repeat(length - line.length)
    }
    expect(JSON.parse(await raw(control, `${pad(maxControlLineBytes)}\n`))).toMatchObject({ ok: true })
    expect(JSON.parse(await raw(control, `${pad(maxControlLineBytes + 1)}\n`))).toMatchObject({ ok: false })
    expect(JSON.parse(await raw(control, 'x'.repeat(maxControlLineBytes + 1)))).toMatchObject({ ok: false })
  })

  it('answers several requests of one connection in order', async () => {
    const { control } = await start()
    const line = (id: string): string => `{"id":"${id}","op":"status","actor":"a"}\n`
    const answers = (await raw(control, line('a') + line('b') + line('c'))).trim().split('\n')
    expect(answers.map((text) => (JSON.parse(text) as { id: string }).id)).toEqual(['a', 'b', 'c'])
  })
})

function get(socketPath: string, path: string): Promise<{ status: number; type: string; text: string }> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => void (text += chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text }),
      )
    })
      .on('error', reject)
      .end()
  })
}

describe('the probe', () => {
  it('answers a nonce with a heartbeat signed over it', async () => {
    const { part } = await start()
    const answer = await get(join(bench.folder, 'edge', 'probe.sock'), '/health?nonce=abc-123')
    const signed = decodeSignedHeartbeat(answer.text)
    if (!signed.ok) throw new Error(signed.message)
    const body = decodeHeartbeat(signed.value.body)
    expect(body).toMatchObject({ ok: true, value: { nonce: 'abc-123', agent: 'edge/main' } })
    const publicKey = publicKeyFromRaw(part.keys.publicKey)
    expect(
      verifySignature(publicKey, `${heartbeatContext}\n${signed.value.body}`, signed.value.signature),
    ).toBe(true)
  })

  it.each(['/health', '/health?nonce=', `/health?nonce=${'a'.repeat(129)}`, '/health?nonce=%00'])(
    'refuses %s',
    async (path) => {
      await start()
      expect((await get(join(bench.folder, 'edge', 'probe.sock'), path)).status).toBe(400)
    },
  )

  it('serves metrics, and nothing else', async () => {
    await start()
    const probe = join(bench.folder, 'edge', 'probe.sock')
    const metrics = await get(probe, '/metrics')
    expect(metrics.type).toContain('version=0.0.4')
    expect(metrics.text).toContain('sevenfold_mode 2')
    expect((await get(probe, '/')).status).toBe(404)
    expect((await get(probe, '//evil')).status).toBe(404)
  })
})

describe('the heartbeat', () => {
  async function startWithClock(): Promise<Started & { clock: FakeClock }> {
    const clock = createFakeClock(Date.now())
    return { ...(await start({ clock })), clock }
  }

  it('beats at the start and every 10 s, as an event of the high lane', async () => {
    const { clock, events } = await startWithClock()
    await clock.advanceAsync(30_000)
    expect(await events('heartbeat')).toHaveLength(4)
  })

  it('is accepted by a receiver, first with its nonce', async () => {
    const receiver = await startTestReceiver(bench.folder)
    bench.later(() => receiver.close())
    const { log } = await start({ receivers: [{ name: 'ledger', socketPath: receiver.socketPath }] })
    await until(() => receiver.heartbeats.length > 0)
    expect(receiver.heartbeats[0]?.body.nonce).toMatch(/^[0-9a-f]{32}$/)
    expect(receiver.kinds()).toEqual([])
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([])
  })

  it('carries modes, canary, expiry and checkpoint', async () => {
    const { part } = await start()
    part.setCanary({ ok: true, time: new Date().toISOString(), attack: 'sqli-1' })
    part.setExpiry({ certificates: '2027-01-01T00:00:00.000Z' })
    part.setCheckpoint('sevenfold/ledger\n1\nAAAA\n')
    part.setCheckpoint('x'.repeat(8193)) // too long to carry: the last one stays
    const body: HeartbeatBody = part.heartbeat('n')
    expect(body).toMatchObject({
      nonce: 'n',
      mode: 'enforce',
      canary: { ok: true, attack: 'sqli-1' },
      expiry: { certificates: '2027-01-01T00:00:00.000Z' },
      checkpoint: 'sevenfold/ledger\n1\nAAAA\n',
    })
    expect(decodeHeartbeat(JSON.stringify(body)).ok).toBe(true)
  })

  it('counts starts, which never fall', async () => {
    const first = await start()
    expect(first.part.heartbeat('').boot).toBe(1)
    await first.part.stop()
    const second = await start()
    expect(second.part.heartbeat('').boot).toBe(2)
    expect(second.part.heartbeat('').epoch).toBe(first.part.heartbeat('').epoch)
  })

  it('tells of a wall clock that jumps', async () => {
    const { clock, events } = await startWithClock()
    await clock.advanceAsync(10_000)
    clock.setWall(clock.now() + 3_600_000)
    await clock.advanceAsync(10_000)
    clock.setWall(clock.now() - 7_200_000)
    await clock.advanceAsync(10_000)
    const notices = (await events('notice')).filter(({ event }) => event.action === 'clock-jump')
    expect(notices.map(({ message }) => message)).toEqual([
      'the wall clock jumped by 3600000 ms',
      'the wall clock jumped by -7200000 ms',
    ])
  })
})

describe('a part', () => {
  it('refuses a second process of the same slot and lets another slot in', async () => {
    await start()
    await expect(start()).rejects.toMatchObject({ code: 'LAYER_DATA_LOCKED' })
    const worker = await start({ slot: 'w0' })
    expect(worker.part.agentId).toBe('edge/w0')
  })

  it.each(['', 'W0', '../x', 'a'.repeat(33), '-a'])('refuses the slot %j', async (slot) => {
    await expect(start({ slot })).rejects.toMatchObject({ code: 'LAYER_SLOT_INVALID' })
  })

  it('of a worker takes the modes of its primary', async () => {
    const primary = await start()
    const worker = await start({ slot: 'w0' })
    await primary.ask({ op: 'mode', mode: 'monitor' })
    worker.part.adoptModes(primary.part.modes())
    expect(worker.part.mode('shop')).toBe('monitor')
  })

  it('can be strengthened from inside, never weakened', async () => {
    const { part, ask, events } = await start()
    await ask({ op: 'mode', mode: 'monitor' })
    part.strengthen('enforce', 'playbook:x')
    expect(part.mode()).toBe('enforce')
    expect(() => part.strengthen('off', 'playbook:x')).toThrow(
      expect.objectContaining({ code: 'LAYER_MODE_WEAKENING' }),
    )
    expect((await events('admin')).map(({ sevenfold }) => sevenfold.admin?.actor)).toEqual([
      'tester',
      'playbook:x',
    ])
  })

  it('says clearly that its data folder path is too long for sockets', async () => {
    const dataDir = join(bench.folder, 'x'.repeat(100))
    await expect(start({ dataDir })).rejects.toMatchObject({ code: 'LAYER_SOCKET_PATH_TOO_LONG' })
    expect(existsSync(join(dataDir, 'edge', 'spool', 'main', 'lock'))).toBe(false)
  })

  it('stops twice without harm and aborts its signal', async () => {
    const { part } = await start()
    await Promise.all([part.stop(), part.stop()])
    expect(part.signal.aborted).toBe(true)
    expect(() => part.emit(part.events.notice('late', 'x'))).not.toThrow()
  })
})

describe('a layer', () => {
  interface Config {
    readonly name: string
    readonly healthy?: boolean
  }
  const seen: string[] = []

  const layer: Layer<Config> = defineLayer({
    name: 'edge',
    parseConfig: (value) => {
      if (typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string')
        return value as Config
      throw new Error('name is missing')
    },
    modes: ({ name }) => ({ layer: name === 'weak' ? 'monitor' : 'enforce', sites: {} }),
    receivers: () => [],
    start: (context) => {
      let current = context.config
      if (current.name === 'cannot-start') return Promise.reject(new Error('the port is taken'))
      return Promise.resolve({
        selfTest: () => Promise.resolve({ ok: current.healthy !== false }),
        reload: (config) => {
          current = config
          return Promise.resolve()
        },
        stop: () => {
          seen.push(`stopped ${current.name}`)
          return Promise.resolve()
        },
        listening: [{ name: 'site', url: 'http://127.0.0.1:1/' }],
      })
    },
  })

  async function run(
    over: Partial<Layer<Config>> = {},
  ): Promise<Awaited<ReturnType<typeof startLayer<Config>>> & { log: MemoryLog }> {
    const log = createMemoryLog()
    const started = await startLayer({ ...layer, ...over }, { dataDir: bench.folder, log })
    bench.later(() => started.stop())
    return { ...started, log }
  }

  function write(path: (dataDir: string, part: 'edge') => string, content: unknown): void {
    mkdirSync(join(bench.folder, 'edge'), { recursive: true })
    writeFileSync(path(bench.folder, 'edge'), typeof content === 'string' ? content : JSON.stringify(content))
  }

  beforeEach(() => void seen.splice(0))

  it('starts with its current configuration and keeps it as last good', async () => {
    write(configPath, { name: 'one' })
    const { context, listening } = await run()
    expect(context.config.name).toBe('one')
    expect(listening).toHaveLength(1)
    expect(readFileSync(lastGoodPath(bench.folder, 'edge'), 'utf8')).toBe('{"name":"one"}')
  })

  it.each([
    ['missing', undefined],
    ['no JSON', '{'],
    ['refused by its check', '{"nom":"x"}'],
    ['one that it cannot start with', '{"name":"cannot-start"}'],
  ])('starts with its last good configuration when the current one is %s', async (_name, content) => {
    write(lastGoodPath, { name: 'good' })
    if (content !== undefined) write(configPath, content)
    const { context } = await run()
    expect(context.config.name).toBe('good')
    expect(context.heartbeat('').config).toHaveLength(64)
  })

  it('starts with its fallback when nothing else is left', async () => {
    const { context } = await run({ fallback: () => ({ name: 'fallback' }) })
    expect(context.config.name).toBe('fallback')
    expect(existsSync(lastGoodPath(bench.folder, 'edge'))).toBe(false)
  })

  it('says what is missing when there is no configuration at all', async () => {
    await expect(run()).rejects.toMatchObject({ code: 'LAYER_CONFIG_MISSING' })
  })

  it('does not keep a configuration as last good when the self-test fails with it', async () => {
    write(configPath, { name: 'sick', healthy: false })
    const { log } = await run()
    expect(log.events()).toContain('selftest-failed')
    expect(existsSync(lastGoodPath(bench.folder, 'edge'))).toBe(false)
  })

  it('reloads all or nothing', async () => {
    write(configPath, { name: 'one' })
    const { context } = await run()
    const ask = (): Promise<ControlResponse> =>
      askControl(join(bench.folder, 'edge', 'control.sock'), { id: '1', op: 'reload', actor: 'a' })
    write(configPath, { name: 'weak' })
    expect(await ask()).toMatchObject({ ok: true })
    expect([context.config.name, context.mode()]).toEqual(['weak', 'monitor'])
    write(configPath, '{"nom":1}')
    expect(await ask()).toMatchObject({
      ok: false,
      error: { code: 'CONTROL_RELOAD_FAILED', message: expect.stringContaining('name is missing') as string },
    })
    write(configPath, { name: 'sick', healthy: false })
    expect(await ask()).toMatchObject({
      ok: false,
      error: { code: 'CONTROL_RELOAD_FAILED', message: expect.stringContaining('old one is back') as string },
    })
    expect(context.config.name).toBe('weak')
    expect(readFileSync(lastGoodPath(bench.folder, 'edge'), 'utf8')).toBe('{"name":"weak"}')
  })

  it('stops once, also when it was drained before', async () => {
    write(configPath, { name: 'one' })
    const started = await run()
    await askControl(join(bench.folder, 'edge', 'control.sock'), { id: '1', op: 'drain', actor: 'a' })
    await started.stop()
    expect(seen).toEqual(['stopped one'])
  })

  it('leaves nothing open when it cannot start at all', async () => {
    write(configPath, { name: 'cannot-start' })
    await expect(run()).rejects.toThrow('the port is taken')
    expect(existsSync(join(bench.folder, 'edge', 'spool', 'main', 'lock'))).toBe(false)
  })

  it('uses the keys of its data folder', async () => {
    write(configPath, { name: 'one' })
    const { context } = await run()
    expect(loadOrCreateKeys(join(bench.folder, 'edge', 'keys')).keyId).toBe(context.keys.keyId)
  })
})
