import { Buffer } from 'node:buffer'
import type { Inspection, Inspector, MatchReport, Verdict } from '@sevenfold/event'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildInspection } from '../src/inspection/build-inspection.ts'
import { signCanary } from '@sevenfold/event'
import { RawClient } from './support/raw-client.ts'
import { RawUpstream } from './support/raw-upstream.ts'
import { TestEdge } from './support/test-edge.ts'
import type { TestEdgeOptions, TestSite } from './support/test-edge.ts'
import { waitFor } from './support/wait-for.ts'

let upstream: RawUpstream
let edge: TestEdge
const clients: RawClient[] = []

beforeEach(async () => {
  upstream = await RawUpstream.start()
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await edge.close()
  await upstream.close()
})

async function start(
  site: Partial<TestSite> = {},
  options: Partial<TestEdgeOptions> = {},
): Promise<RawClient> {
  edge = await TestEdge.start({ sites: [{ upstreamPort: upstream.port, ...site }], ...options })
  return connect()
}

async function connect(localAddress?: string): Promise<RawClient> {
  const client = await RawClient.connect(edge.port, localAddress)
  clients.push(client)
  return client
}

const noReport: MatchReport = { matches: [], score: 0, outboundScore: 0, steps: 0, interruption: null }

/** An engine that answers each call as the test says; every other call passes. */
function engine(calls: Partial<Inspection>): Inspector {
  const pass = (): Verdict => ({ kind: 'pass' })
  return {
    open: () => ({
      requestHead: () => ({ kind: 'more' }),
      requestBody: () => ({ kind: 'more' }),
      requestEnd: pass,
      responseHead: () => ({ kind: 'more' }),
      responseBody: () => ({ kind: 'more' }),
      responseEnd: pass,
      resume: pass,
      report: () => noReport,
      close: () => undefined,
      ...calls,
    }),
  }
}

const inspecting = (calls: Partial<Inspection>, answers = false): Pick<TestSite, 'inspection'> => ({
  inspection: { inspector: engine(calls), answers },
})

const post = (body: string): string =>
  `POST /form HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`

describe('the ban step', () => {
  it('refuses a banned address on its next request, also on an open connection', async () => {
    const client = await start()
    expect((await client.get('/')).status).toBe(200)
    edge.ban({ value: '127.0.0.1' })
    const refused = await client.get('/')
    expect(refused.status).toBe(403)
    expect(refused.header('X-Request-Id')).toBe('id-2')
    expect(refused.body).toContain('id-2')
    expect(edge.blocks).toMatchObject([{ step: 'ban', verdict: 'block', rule: 'test/scenario', status: 403 }])
    expect(edge.blocks[0]?.trace).toEqual(['limits:pass', 'ban:block'])
    expect(upstream.heads.length).toBe(1)
    edge.unban('127.0.0.1')
    expect((await client.get('/')).status).toBe(200)
  })

  it('refuses only the addresses of a range', async () => {
    await start()
    edge.ban({ value: '127.0.7.0/24' })
    expect((await (await connect('127.0.7.9')).get('/')).status).toBe(403)
    expect((await (await connect('127.0.8.9')).get('/')).status).toBe(200)
  })

  it('ends when the decision ends, without a message', async () => {
    const client = await start({}, { limits: { requestsPerConnection: 1e9 } })
    edge.ban({ value: '127.0.0.1', until: Math.floor(Date.now() / 1000) + 1 })
    expect((await client.get('/')).status).toBe(403)
    let status = 403
    const deadline = Date.now() + 5000
    while (status === 403 && Date.now() < deadline) ({ status } = await client.get('/'))
    expect(status).toBe(200)
  })

  it('only reports in monitor mode and does nothing when it is off', async () => {
    const monitored = await start({ modes: { ban: 'monitor' } })
    edge.ban({ value: '127.0.0.1' })
    expect((await monitored.get('/')).status).toBe(200)
    expect(edge.blocks).toMatchObject([{ step: 'ban', verdict: 'would-block' }])
    await edge.close()
    const off = await start({ modes: { ban: 'off' } })
    edge.ban({ value: '127.0.0.1' })
    expect((await off.get('/')).status).toBe(200)
    expect(edge.blocks).toEqual([])
  })

  it('lets an allow end a ban, and nothing else', async () => {
    const client = await start(inspecting({ requestHead: () => ({ kind: 'deny', status: 403 }) }))
    edge.ban({ value: '127.0.0.0/8' })
    edge.ban({ value: '127.0.0.1', kind: 'allow' })
    expect((await client.get('/')).status).toBe(403)
    expect(edge.blocks.map(({ step }) => step)).toEqual(['waf'])
  })

  it('judges the address that a declared proxy names, and no other', async () => {
    await start({ proxies: ['127.0.0.9'] })
    edge.ban({ value: '203.0.113.7' })
    const proxy = await connect('127.0.0.9')
    expect((await proxy.get('/', 'X-Forwarded-For: 203.0.113.7\r\n')).status).toBe(403)
    expect((await proxy.get('/', 'X-Forwarded-For: 203.0.113.7, 203.0.113.8\r\n')).status).toBe(200)
    const liar = await connect('127.0.0.10')
    expect((await liar.get('/', 'X-Forwarded-For: 203.0.113.7\r\n')).status).toBe(200)
    edge.ban({ value: '127.0.0.10' })
    expect((await liar.get('/', 'X-Forwarded-For: 198.51.100.1\r\n')).status).toBe(403)
    expect(upstream.heads.at(-1)).toContain('X-Forwarded-For: 127.0.0.10\r\n')
    expect(upstream.heads[0]).toContain('X-Forwarded-For: 203.0.113.8\r\n')
  })
})

describe('the inspection of a request', () => {
  it('refuses with the status of the verdict, and the page is in the type of the client', async () => {
    const client = await start(inspecting({ requestHead: () => ({ kind: 'deny', status: 406 }) }))
    const json = await client.get('/', 'Accept: application/json\r\n')
    expect(json.status).toBe(406)
    expect(JSON.parse(json.body)).toMatchObject({ code: 'EDGE_BLOCKED', requestId: 'id-1' })
    const html = await client.get('/', 'Accept: text/html,application/json\r\n')
    expect(html.header('Content-Type')).toBe('text/html; charset=utf-8')
    expect((await client.get('/')).body).toBe('406 Not Acceptable\nrequest id: id-3\n')
    expect(upstream.heads).toEqual([])
  })

  it('sees the head as received, duplicates and spelling kept', async () => {
    let headers: readonly string[] = []
    const client = await start(
      inspecting({
        requestHead: (head) => {
          ;({ headers } = head)
          return { kind: 'more' }
        },
      }),
    )
    await client.get('/', 'x-A: 1\r\nX-a:2\r\nX-Forwarded-For: 1.2.3.4\r\n')
    expect(headers).toEqual(['Host', 'shop.test', 'x-A', '1', 'X-a', '2', 'X-Forwarded-For', '1.2.3.4'])
  })

  it('holds the body back until its verdict', async () => {
    let seen = ''
    const client = await start(
      inspecting({
        requestBody: (chunk) => {
          seen += Buffer.from(chunk).toString()
          return { kind: 'more' }
        },
        requestEnd: () => (seen.includes('attack') ? { kind: 'deny', status: 403 } : { kind: 'pass' }),
      }),
    )
    client.send(post('a=attack').slice(0, -3))
    await waitFor(() => seen.length > 0, 'the first piece')
    expect(upstream.connections).toBe(0)
    client.send('ack')
    expect((await client.answer()).status).toBe(403)
    expect(upstream.heads).toEqual([])
    seen = ''
    const next = await connect()
    next.send(post('a=harmless'))
    expect((await next.answer()).status).toBe(200)
    expect(upstream.bytes.join('')).toContain('a=harmless')
  })

  it('passes on what lies behind the inspected part, whole and in order', async () => {
    let seen = 0
    const client = await start(
      inspecting({
        requestBody: (chunk) => {
          seen += chunk.length
          return { kind: 'more' }
        },
      }),
      { inspectedBodySizeBytes: 1000 },
    )
    const body = Array.from({ length: 20_000 }, (_, i) => String(i % 10)).join('')
    upstream.onRequest = () => {}
    client.send(post(body))
    await waitFor(() => upstream.bytes[0]?.endsWith(body) === true, 'the whole body')
    expect(seen).toBe(1000)
  })

  it('of a chunked body sends it on with its length', async () => {
    const client = await start(inspecting({}))
    client.send(
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n',
    )
    expect((await client.answer()).status).toBe(200)
    expect(upstream.heads[0]).toContain('Content-Length: 3\r\n')
    expect(upstream.bytes[0]).toContain('\r\n\r\nabc')
  })

  it('goes on in slices while other requests are served', async () => {
    let slices = 0
    const client = await start(
      inspecting({
        requestHead: ({ target }) => (target === '/slow' ? { kind: 'yield' } : { kind: 'more' }),
        resume: () => {
          slices += 1
          return slices < 200 ? { kind: 'yield' } : { kind: 'more' }
        },
      }),
      { inspectionSteps: 1e9 },
    )
    client.send('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n')
    const other = await connect()
    expect((await other.get('/')).status).toBe(200)
    expect(slices).toBeLessThan(200)
    expect((await client.answer()).status).toBe(200)
  })

  it('closes the connection without an answer on drop', async () => {
    const client = await start(inspecting({ requestHead: () => ({ kind: 'drop' }) }))
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(await client.closed()).toBe('')
    expect(edge.blocks).toMatchObject([{ step: 'waf', verdict: 'block' }])
  })

  it('redirects, and a location cannot start a header', async () => {
    const location = 'https://a.example/\r\nSet-Cookie: x=y'
    const client = await start(
      inspecting({ requestHead: () => ({ kind: 'redirect', status: 302, location }) }),
    )
    const answer = await client.get('/')
    expect(answer.status).toBe(302)
    expect(answer.header('Set-Cookie')).toBeUndefined()
    expect(answer.header('Location')).toBe('https://a.example/Set-Cookie:x=y')
  })

  it('only reports in monitor mode, once, and forwards everything', async () => {
    const deny = (): Verdict => ({ kind: 'deny', status: 403 })
    const client = await start({ ...inspecting({ requestBody: deny }), modes: { waf: 'monitor' } })
    client.send(post('a=attack'))
    expect((await client.answer()).status).toBe(200)
    expect(upstream.bytes[0]).toContain('a=attack')
    expect(edge.blocks.map(({ verdict }) => verdict)).toEqual(['would-block'])
    expect(edge.accesses[0]?.trace).toContain('waf:would-block')
  })

  it('does not run when the step is off', async () => {
    const deny = (): Verdict => ({ kind: 'deny', status: 403 })
    const client = await start({ ...inspecting({ requestHead: deny }), modes: { waf: 'off' } })
    expect((await client.get('/')).status).toBe(200)
  })

  it('is given up when the client leaves', async () => {
    let closed = 0
    const client = await start(inspecting({ close: () => void (closed += 1) }))
    client.send(post('a=b').slice(0, -1))
    await waitFor(() => edge.engine.connections === 1, 'the connection')
    client.close()
    await waitFor(() => closed === 1, 'the end of the inspection')
  })
})

describe('a failing inspection', () => {
  const broken = (): Verdict => {
    throw new TypeError('a bug in the engine')
  }
  const failures: readonly (readonly [name: string, calls: Partial<Inspection>, rule: string])[] = [
    ['throws at the head', { requestHead: broken }, 'inspection-failed-error'],
    ['throws in the body', { requestBody: broken }, 'inspection-failed-error'],
    ['throws at the end', { requestEnd: broken }, 'inspection-failed-error'],
    [
      'throws when it goes on',
      { requestHead: () => ({ kind: 'yield' }), resume: broken },
      'inspection-failed-error',
    ],
    [
      'never comes to an end',
      { requestHead: () => ({ kind: 'yield' }), resume: () => ({ kind: 'yield' }) },
      'inspection-failed-steps',
    ],
    ['is exhausted', { requestEnd: () => ({ kind: 'exhausted' }) }, 'inspection-failed-steps'],
    [
      'throws and cannot even report',
      {
        requestHead: broken,
        report: () => {
          throw new Error('worse')
        },
        close: () => {
          throw new Error('worst')
        },
      },
      'inspection-failed-error',
    ],
  ]

  for (const [name, calls, rule] of failures) {
    it(`that ${name} refuses the request`, async () => {
      const client = await start(inspecting(calls))
      client.send(post('a=b'))
      expect((await client.answer()).status).toBe(503)
      expect(edge.blocks).toMatchObject([{ step: 'waf', verdict: 'block', rule }])
      expect(upstream.heads).toEqual([])
    })

    it(`that ${name} lets the request pass where the site says so`, async () => {
      const client = await start({ ...inspecting(calls), onInspectionFailure: 'pass' })
      client.send(post('a=b'))
      expect((await client.answer()).status).toBe(200)
      expect(upstream.bytes[0]).toContain('a=b')
      expect(edge.blocks).toMatchObject([{ step: 'waf', verdict: 'would-block', rule }])
    })
  }

  it('that cannot even open refuses the request', async () => {
    const inspector: Inspector = {
      open: () => {
        throw new Error('no memory')
      },
    }
    const client = await start({ inspection: { inspector, answers: false } })
    expect((await client.get('/')).status).toBe(503)
    expect(edge.blocks[0]?.message).toBe('Error: no memory')
  })
})

describe('the inspection of an answer', () => {
  it('is not asked when the rules do not want it', async () => {
    const client = await start(inspecting({ responseHead: () => ({ kind: 'deny', status: 500 }) }, false))
    expect((await client.get('/')).status).toBe(200)
  })

  it('refuses an answer by its head', async () => {
    const client = await start(inspecting({ responseHead: () => ({ kind: 'deny', status: 502 }) }, true))
    expect((await client.get('/')).status).toBe(502)
    expect(edge.blocks).toMatchObject([{ step: 'response', verdict: 'block' }])
    expect(edge.blocks[0]?.trace).toEqual([
      'limits:pass',
      'ban:pass',
      'waf:pass',
      'upstream:answered',
      'response:block',
    ])
  })

  it('refuses an answer by its body, of which nothing went out', async () => {
    let seen = ''
    const client = await start(
      inspecting(
        {
          responseBody: (chunk) => {
            seen += Buffer.from(chunk).toString()
            return { kind: 'more' }
          },
          responseEnd: () => (seen.includes('leak') ? { kind: 'deny', status: 403 } : { kind: 'pass' }),
        },
        true,
      ),
    )
    upstream.onRequest = ({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nle')
      setTimeout(() => socket.write('ak it!'), 20)
    }
    const answer = await client.get('/')
    expect(answer.status).toBe(403)
    expect(answer.body).not.toContain('le')
    expect(seen).toBe('leak it!')
    upstream.onRequest = ({ socket }) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine')
    seen = ''
    expect((await client.get('/')).body).toBe('fine')
  })

  it('only reports in monitor mode and is not asked when it is off', async () => {
    const calls = inspecting({ responseHead: () => ({ kind: 'deny', status: 502 }) }, true)
    const monitored = await start({ ...calls, modes: { response: 'monitor' } })
    expect((await monitored.get('/')).body).toBe('ok')
    expect(edge.blocks).toMatchObject([{ step: 'response', verdict: 'would-block' }])
    await edge.close()
    const off = await start({ ...calls, modes: { response: 'off' } })
    expect((await off.get('/')).body).toBe('ok')
    expect(edge.blocks).toEqual([])
  })

  it('ends with the inspected part; the rest streams', async () => {
    const body = 'x'.repeat(300_000)
    const client = await start(inspecting({}, true), { inspectedBodySizeBytes: 1000 })
    upstream.onRequest = ({ socket }) =>
      void socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    expect((await client.get('/')).body).toBe(body)
  })

  it('in slices holds the upstream back and loses nothing', async () => {
    const body = Array.from({ length: 60_000 }, (_, i) => String(i % 10)).join('')
    const client = await start(
      inspecting({ responseBody: () => ({ kind: 'yield' }), resume: () => ({ kind: 'more' }) }, true),
    )
    upstream.onRequest = ({ socket }) =>
      void socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    expect((await client.get('/')).body).toBe(body)
    expect((await client.get('/')).body).toBe(body)
  })

  it('that fails refuses the answer', async () => {
    const client = await start(
      inspecting(
        {
          responseHead: () => {
            throw new Error('bug')
          },
        },
        true,
      ),
    )
    expect((await client.get('/')).status).toBe(503)
  })
})

describe('canaries', () => {
  const canaryKey = Buffer.alloc(32, 7)
  const target = '/?q=attack'
  const mark = (): string =>
    signCanary(canaryKey, { seconds: Date.now() / 1000, attack: 'sqli-1', method: 'GET', target })
  const site = inspecting({
    requestHead: (head) =>
      head.target.includes('attack') ? { kind: 'deny', status: 403 } : { kind: 'more' },
  })

  it('that are stopped are reported as stopped', async () => {
    const client = await start(site, { canaryKey })
    expect((await client.get(target, `X-Sevenfold-Canary: ${mark()}\r\n`)).status).toBe(403)
    expect(edge.canaries).toEqual([{ attack: 'sqli-1', stopped: true }])
    expect(edge.blocks[0]?.canary).toBe('sqli-1')
  })

  it('that pass are answered here and never forwarded', async () => {
    const client = await start({ modes: { waf: 'off' } }, { canaryKey })
    const answer = await client.get(target, `X-Sevenfold-Canary: ${mark()}\r\n`)
    expect(answer.status).toBe(200)
    expect(edge.canaries).toEqual([{ attack: 'sqli-1', stopped: false }])
    expect(upstream.heads).toEqual([])
  })

  for (const [name, forged] of [
    [
      'of another key',
      signCanary(Buffer.alloc(32, 8), { seconds: Date.now() / 1000, attack: 'a', method: 'GET', target }),
    ],
    [
      'that is too old',
      signCanary(canaryKey, { seconds: Date.now() / 1000 - 100, attack: 'a', method: 'GET', target }),
    ],
    [
      'of another request',
      signCanary(canaryKey, { seconds: Date.now() / 1000, attack: 'a', method: 'GET', target: '/' }),
    ],
    ['that is garbage', 'v1.x.y.z'],
  ] as const) {
    it(`with a mark ${name} are ordinary requests`, async () => {
      const client = await start({ modes: { waf: 'off' } }, { canaryKey })
      expect((await client.get(target, `X-Sevenfold-Canary: ${forged}\r\n`)).status).toBe(200)
      expect(edge.canaries).toEqual([])
      expect(upstream.heads.length).toBe(1)
      expect(upstream.heads[0]).not.toMatch(/canary/i)
    })
  }
})

describe('sites', () => {
  it('are found by host: exact, then the longest wildcard, then any', async () => {
    const hosts = [['*'], ['*.shop.test'], ['*.eu.shop.test'], ['www.shop.test']]
    const ports = upstream.port
    edge = await TestEdge.start({
      sites: hosts.map((list, i) => ({ name: `site-${i}`, hosts: list, upstreamPort: ports })),
    })
    const client = await connect()
    const cases = [
      ['other.test', 'site-0'],
      ['shop.test', 'site-0'],
      ['a.shop.test', 'site-1'],
      ['a.b.shop.test', 'site-1'],
      ['a.eu.shop.test', 'site-2'],
      ['WWW.SHOP.TEST', 'site-3'],
      ['www.shop.test.', 'site-3'],
      ['www.shop.test:8080', 'site-3'],
    ] as const
    for (const [host] of cases) {
      client.send(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
      expect((await client.answer()).status).toBe(200)
    }
    expect(edge.accesses.map(({ site }) => site)).toEqual(cases.map(([, site]) => site))
  })

  it('that nobody serves give 421', async () => {
    const client = await start({ hosts: ['shop.example'] })
    expect((await client.get('/')).status).toBe(421)
    expect(edge.blocks).toMatchObject([{ step: 'limits', rule: 'EDGE_UNKNOWN_HOST' }])
  })

  it('are found by port', async () => {
    edge = await TestEdge.start(
      {
        sites: [
          { name: 'one', upstreamPort: upstream.port },
          { name: 'two', upstreamPort: upstream.port },
        ],
      },
      true,
    )
    for (const port of edge.ports) {
      const client = await RawClient.connect(port)
      clients.push(client)
      expect((await client.get('/')).status).toBe(200)
    }
    expect(edge.accesses.map(({ site }) => site)).toEqual(['one', 'two'])
  })
})

describe('the built-in rules', () => {
  const attacks: Readonly<Record<string, string>> = {
    'SQL injection':
      "GET /?id=1'%20OR%20'1'='1 HTTP/1.1\r\nHost: shop.test\r\nUser-Agent: x\r\nAccept: */*\r\n\r\n",
    'cross-site scripting': 'GET /?q=%3Cscript%3Ealert(1)%3C/script%3E HTTP/1.1\r\nHost: shop.test\r\n\r\n',
    'path traversal': 'GET /../../../../etc/passwd HTTP/1.1\r\nHost: shop.test\r\n\r\n',
    'command injection': 'GET /?host=127.0.0.1;cat%20/etc/passwd HTTP/1.1\r\nHost: shop.test\r\n\r\n',
    'template injection':
      'GET /?name=%7B%7B7*7%7D%7D%7B%7Bconstructor.constructor(%27x%27)%7D%7D HTTP/1.1\r\nHost: shop.test\r\n\r\n',
    'SQL injection in a form': post("user=admin'--&password=x' UNION SELECT 1,2,3--"),
  }
  const innocent: Readonly<Record<string, string>> = {
    'a page': 'GET /products?id=7&sort=price HTTP/1.1\r\nHost: shop.test\r\n\r\n',
    'a surname with an apostrophe': "GET /search?q=O'Brien HTTP/1.1\r\nHost: shop.test\r\n\r\n",
    'a form': post('name=Ann&comment=Nice+shop%2C+I+will+select+it+from+now+on'),
  }
  const built = buildInspection({
    rules: ['builtin'],
    paranoia: 1,
    steps: 5_000_000,
    inspectedBodySizeBytes: 65_536,
  })

  for (const [name, text] of Object.entries(attacks)) {
    it(`stop ${name}`, async () => {
      const client = await start(built === null ? {} : { inspection: built })
      client.send(text)
      expect((await client.answer()).status).toBe(403)
      expect(edge.blocks[0]?.rule).toMatch(/^77\d{4}$/)
      expect(upstream.heads).toEqual([])
    })
  }

  for (const [name, text] of Object.entries(innocent)) {
    it(`pass ${name}`, async () => {
      const client = await start(built === null ? {} : { inspection: built })
      client.send(text)
      expect((await client.answer()).status).toBe(200)
      expect(edge.blocks).toEqual([])
    })
  }

  const long = 'lorem ipsum '.repeat(20_000)
  const json = (first: string): string => JSON.stringify({ first, long, last: 'end' })
  const multipart = (first: string): string =>
    `--b\r\nContent-Disposition: form-data; name="first"\r\n\r\n${first}\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n${long}\r\n--b--\r\n`
  for (const [type, make] of [
    ['application/json', json],
    ['multipart/form-data; boundary=b', multipart],
  ] as const) {
    it(`judge the first part of a long body of ${type}, and nothing but what it holds`, async () => {
      const client = await start(built === null ? {} : { inspection: built })
      upstream.onRequest = () => {}
      const send = (to: RawClient, body: string): void =>
        to.send(
          `POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        )
      send(client, make('harmless'))
      const whole = make('harmless')
      await waitFor(() => upstream.bytes[0]?.endsWith(whole) === true, 'the whole body')
      expect(edge.blocks).toEqual([])
      const attacker = await connect()
      send(attacker, make("1' UNION SELECT password FROM users--"))
      expect((await attacker.answer()).status).toBe(403)
      expect(upstream.connections).toBe(1)
    })
  }
})
