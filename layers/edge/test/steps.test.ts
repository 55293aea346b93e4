import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { NameLookup } from '../src/bots/name-lookup.ts'
import { isSolved } from '../src/challenge/token.ts'
import { buildInspection } from '../src/inspection/build-inspection.ts'
import { RawClient } from './support/raw-client.ts'
import type { WireAnswer } from './support/raw-client.ts'
import { StepsEdge } from './support/steps-edge.ts'
import type { StepsEdgeOptions } from './support/steps-edge.ts'
import { waitFor } from './support/wait-for.ts'

let made: StepsEdge | null = null
const clients: RawClient[] = []
const folders: string[] = []

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await made?.close()
  made = null
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

async function start(site: string, more: Partial<StepsEdgeOptions> = {}): Promise<StepsEdge> {
  made = await StepsEdge.start({ site, ...more })
  return made
}

async function connect({ edge }: StepsEdge, localAddress = '127.0.0.2'): Promise<RawClient> {
  const client = await RawClient.connect(edge.port, localAddress)
  clients.push(client)
  return client
}

const post = (path: string, type: string, body: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
const form = 'application/x-www-form-urlencoded'
const statuses = async (count: number, ask: () => Promise<WireAnswer>): Promise<number[]> => {
  const list: number[] = []
  for (let i = 0; i < count; i += 1) list.push((await ask()).status)
  return list
}

describe('the step rate', () => {
  it('refuses with 429, says when to come again, and leaves other clients alone', async () => {
    const bench = await start('rate: { rules: [{ name: few, limit: 60, per: 1m, burst: 2 }], exempt: [] }')
    const client = await connect(bench)
    expect(await statuses(3, () => client.get('/'))).toEqual([200, 200, 429])
    const refused = await client.get('/')
    expect(Number(refused.header('Retry-After'))).toBeGreaterThan(0)
    expect(refused.header('RateLimit-Policy')).toBe('"few";q=2;w=2')
    expect(refused.header('RateLimit')).toMatch(/^"few";r=0;t=\d+$/)
    expect(refused.header('X-Request-Id')).toBeTruthy()
    expect((await (await connect(bench, '127.0.0.3')).get('/')).status).toBe(200)
    expect(bench.edge.blocks[0]).toMatchObject({
      step: 'rate',
      verdict: 'block',
      rule: 'rate-few',
      status: 429,
    })
    expect(bench.edge.blocks[0]?.trace).toEqual(['limits:pass', 'ban:pass', 'rate:block'])
  })

  it('only reports in monitor mode, and does nothing when it is off', async () => {
    const site = 'rate: { rules: [{ name: few, limit: 1, per: 1m }], exempt: [] }'
    const bench = await start(site, { modes: { rate: 'monitor' } })
    const client = await connect(bench)
    expect(await statuses(3, () => client.get('/'))).toEqual([200, 200, 200])
    expect(bench.edge.blocks.map(({ verdict }) => verdict)).toEqual(['would-block', 'would-block'])
    await bench.close()
    const off = await start(site, { modes: { rate: 'off' } })
    const other = await connect(off)
    expect(await statuses(3, () => other.get('/'))).toEqual([200, 200, 200])
    expect(off.edge.blocks).toEqual([])
  })

  it('only reports by a rule in dry run, while others refuse', async () => {
    const rules = '{ name: dry, limit: 1, per: 1h, dryRun: true }, { name: wet, limit: 2, per: 1h }'
    const bench = await start(`rate: { rules: [${rules}], exempt: [] }`)
    const client = await connect(bench)
    expect(await statuses(3, () => client.get('/'))).toEqual([200, 200, 429])
    expect(bench.edge.blocks.map(({ rule, verdict }) => `${rule} ${verdict}`)).toEqual([
      'rate-dry would-block',
      'rate-dry would-block',
      'rate-wet block',
    ])
  })

  it('counts exactly where a rule says so, and by itself when the primary is silent', async () => {
    const site =
      'rate: { rules: [{ name: login, paths: [/login], limit: 2, per: 1h, exact: true }], exempt: [] }'
    const bench = await start(site)
    const client = await connect(bench)
    expect(await statuses(3, () => client.get('/login'))).toEqual([200, 200, 429])
    await bench.close()
    const silent = await start(site, { primary: () => undefined })
    const other = await connect(silent)
    expect(await statuses(3, () => other.get('/login'))).toEqual([200, 200, 429])
  })

  it('judges a refused login before its body is read, and the next request of the connection is another one', async () => {
    const bench = await start(
      'rate: { rules: [{ name: login, methods: [POST], limit: 1, per: 1h }], exempt: [] }',
    )
    const client = await connect(bench)
    client.send(post('/login', form, 'a=1'))
    expect((await client.answer()).status).toBe(200)
    client.send(post('/login', form, 'a=1'))
    expect((await client.answer()).status).toBe(429)
    expect(bench.upstream.heads.length).toBe(1)
  })

  it('charges the work of the inspection to the address that caused it', async () => {
    const inspection = buildInspection({
      rules: ['builtin'],
      paranoia: 1,
      steps: 5_000_000,
      inspectedBodySizeBytes: 65_536,
    })
    if (inspection === null) throw new Error('no rules')
    const bench = await start('rate: { work: { steps: 10, per: 1h }, exempt: [] }', { inspection })
    const client = await connect(bench)
    expect((await client.get('/?q=1')).status).toBe(200)
    const refused = await client.get('/?q=1')
    expect(refused.status).toBe(429)
    expect(refused.header('RateLimit')).toMatch(/^"work"/)
    expect((await (await connect(bench, '127.0.0.3')).get('/')).status).toBe(200)
  })

  it('tells what is left with every answer where the site wants that', async () => {
    const bench = await start('rate: { headers: true, exempt: [] }')
    const answer = await (await connect(bench)).get('/')
    expect(answer.header('RateLimit')).toMatch(/^"address";r=\d+;t=[01]$/)
  })
})

describe('the step challenge', () => {
  const browser =
    'User-Agent: Mozilla/5.0 (X11; rv:128.0) Gecko/20100101 Firefox/128.0\r\nAccept: text/html,*/*\r\n'

  it('gives a browser a page, takes its solution, and lets it in', async () => {
    const bench = await start('challenge: { when: always, difficulty: 8 }')
    const client = await connect(bench)
    const page = await client.get('/cart?a=1', browser)
    expect(page.status).toBe(403)
    expect(page.header('Content-Security-Policy')).toContain("default-src 'none'")
    expect(bench.upstream.heads.length).toBe(0)
    const token = /data-token="([^"]+)"/.exec(page.body)?.[1] ?? ''
    const way = (/data-way="([^"]+)"/.exec(page.body)?.[1] ?? '').replaceAll('&amp;', '&')
    let n = 0
    while (!isSolved(token, n.toString(36), 8)) n += 1
    const passed = await client.get(`${way}&n=${n.toString(36)}`, browser)
    expect([passed.status, passed.header('Location')]).toEqual([303, '/cart?a=1'])
    const cookie = `Cookie: ${(passed.header('Set-Cookie') ?? '').split(';', 1)[0]}\r\n`
    expect((await client.get('/cart?a=1', browser + cookie)).status).toBe(200)
    const elsewhere = await connect(bench, '127.9.9.9')
    expect((await elsewhere.get('/', browser + cookie)).status).toBe(403)
    expect((await client.get(`${way}&n=${n.toString(36)}`, browser)).status).toBe(400)
    expect(bench.edge.accesses.at(-1)?.trace.at(-1)).toBe('challenge:answered')
  })

  it('is never shown to clients that are no browser', async () => {
    const bench = await start('challenge: { when: always }')
    const client = await connect(bench)
    for (const headers of [
      '',
      'User-Agent: curl/8\r\nAccept: */*\r\n',
      browser.replace('text/html', 'application/json'),
      'User-Agent: git/2.43\r\n',
    ]) {
      expect((await client.get('/', headers)).status).toBe(200)
    }
  })

  it('ends for who is allowed, and only reports in monitor mode', async () => {
    const bench = await start('challenge: { when: always }', { modes: { challenge: 'monitor' } })
    const client = await connect(bench)
    expect((await client.get('/', browser)).status).toBe(200)
    expect(bench.edge.blocks).toMatchObject([{ step: 'challenge', verdict: 'would-block' }])
    await bench.close()
    const other = await start('challenge: { when: always }')
    other.edge.ban({ value: '127.0.0.2', kind: 'allow' })
    expect((await (await connect(other)).get('/', browser)).status).toBe(200)
  })

  it('refuses attack tools by name, and AI crawlers as robots.txt says', async () => {
    const bench = await start('bots: { ai: { agents: { GPTBot: refuse, CCBot: limit }, perMinute: 1 } }')
    const client = await connect(bench)
    expect((await client.get('/', 'User-Agent: sqlmap/1.8\r\n')).status).toBe(403)
    expect((await client.get('/', 'User-Agent: Mozilla/5.0 (compatible; GPTBot/1.2)\r\n')).status).toBe(403)
    expect(await statuses(2, () => client.get('/', 'User-Agent: CCBot/2.0\r\n'))).toEqual([200, 429])
    const robots = await client.get('/robots.txt', 'User-Agent: Mozilla/5.0 (compatible; GPTBot/1.2)\r\n')
    expect(robots.status).toBe(200)
    expect(robots.body).toContain('User-agent: GPTBot\nDisallow: /\n')
    expect((await client.get('/', 'User-Agent: ClaudeBot/1.0\r\n')).status).toBe(200)
  })

  it('leaves robots.txt to the service while nobody is restricted', async () => {
    const bench = await start('bots: {}')
    expect((await (await connect(bench)).get('/robots.txt')).body).toBe('ok')
  })

  it('refuses who touches a trap, in the path, the query and the form', async () => {
    const bench = await start('bots: { honeypots: { paths: [/old-admin.php], fields: [website2] } }')
    const client = await connect(bench)
    expect((await client.get('/OLD-admin.php')).status).toBe(403)
    expect((await client.get('/?website2=x')).status).toBe(403)
    client.send(post('/contact', form, 'name=a&website2=spam'))
    expect((await client.answer()).status).toBe(403)
    const other = await connect(bench)
    other.send(post('/contact', form, 'name=a&website2='))
    expect((await other.answer()).status).toBe(200)
    expect(bench.upstream.bytes.join('')).toContain('name=a&website2=')
    expect(bench.edge.blocks.map(({ rule }) => rule)).toEqual([
      'honeypot-path',
      'honeypot-field',
      'honeypot-field',
    ])
  })
})

describe('crawlers', () => {
  const google = 'User-Agent: Mozilla/5.0 (compatible; Googlebot/2.1)\r\n'
  const dns = (names: readonly string[], addresses: readonly string[]): NameLookup => ({
    reverse: () => Promise.resolve(names),
    addresses: () => Promise.resolve(addresses),
  })

  it('that are genuine are never challenged', async () => {
    const bench = await start('challenge: { when: always }', {
      lookup: dns(['crawl-1.googlebot.com'], ['127.0.0.2']),
    })
    const headers = `${google}Accept: text/html\r\n`
    expect((await (await connect(bench)).get('/', headers)).status).toBe(200)
    expect(bench.edge.blocks).toEqual([])
  })

  it('that are none are refused at their first request', async () => {
    const bench = await start('challenge: { when: never }', {
      lookup: dns(['crawl-1.googlebot.com'], ['192.0.2.1']),
    })
    const client = await connect(bench)
    expect((await client.get('/', google)).status).toBe(403)
    expect(bench.edge.blocks[0]).toMatchObject({ step: 'challenge', rule: 'crawler-spoofed' })
    expect((await client.get('/')).status).toBe(200)
  })

  it('are let in while the name servers are silent or broken', async () => {
    const silent: NameLookup = {
      reverse: () => new Promise(() => undefined),
      addresses: () => new Promise(() => undefined),
    }
    const bench = await start('challenge: { when: never }', { lookup: silent })
    expect((await (await connect(bench)).get('/', google)).status).toBe(200)
    await bench.close()
    const broken: NameLookup = {
      reverse: () => Promise.reject(new Error('SERVFAIL')),
      addresses: () => Promise.reject(new Error('SERVFAIL')),
    }
    expect(
      (await (await connect(await start('challenge: { when: never }', { lookup: broken }))).get('/', google))
        .status,
    ).toBe(200)
  })

  it('are proven by published ranges', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sf-ranges-'))
    folders.push(folder)
    writeFileSync(join(folder, 'google.json'), '{"prefixes":[{"ipv4Prefix":"127.0.0.0/24"}]}')
    const bench = await start('bots: { ranges: [{ crawler: Googlebot, file: google.json }] }', { folder })
    expect((await (await connect(bench, '127.0.0.9')).get('/', google)).status).toBe(200)
    expect((await (await connect(bench, '127.0.9.9')).get('/', google)).status).toBe(403)
  })
})

describe('the step schema', () => {
  const document = `openapi: 3.1.0
paths:
  /items:
    post: { requestBody: { required: true, content: { application/json: { schema: { type: object, required: [name], properties: { name: { type: string, maxLength: 9000 } }, additionalProperties: false } } } } }
  /items/{id}:
    get: { parameters: [{ name: id, in: path, required: true, schema: { type: integer } }] }
`
  async function withSchema(more: Partial<StepsEdgeOptions> = {}, options = ''): Promise<StepsEdge> {
    const folder = mkdtempSync(join(tmpdir(), 'sf-schema-'))
    folders.push(folder)
    writeFileSync(join(folder, 'api.yaml'), document)
    return start(`schema: { file: api.yaml${options} }`, { folder, ...more })
  }

  it('refuses what is not described, each with its status, and forwards the rest whole', async () => {
    const bench = await withSchema()
    const client = await connect(bench)
    expect((await client.get('/items/5')).status).toBe(200)
    expect((await client.get('/items/x')).status).toBe(400)
    expect((await client.get('/other')).status).toBe(404)
    client.send('DELETE /items/5 HTTP/1.1\r\nHost: a\r\n\r\n')
    const method = await client.answer('DELETE')
    expect([method.status, method.header('Allow')]).toEqual([405, 'GET'])
    const good = JSON.stringify({ name: 'n'.repeat(8000) })
    client.send(post('/items', 'application/json', good))
    expect((await client.answer()).status).toBe(200)
    expect(bench.upstream.bytes.join('')).toContain(good)
    client.send(post('/items', 'application/json', '{"name":"a","admin":true}'))
    expect((await client.answer()).status).toBe(400)
  })

  it('sees a body that comes in pieces, and in chunks', async () => {
    const bench = await withSchema()
    const client = await connect(bench)
    client.send(
      'POST /items HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    )
    for (const part of ['{"na', 'me":"x"', '}']) client.send(`${part.length.toString(16)}\r\n${part}\r\n`)
    client.send('0\r\n\r\n')
    expect((await client.answer()).status).toBe(200)
    await waitFor(() => bench.upstream.bytes.join('').includes('{"name":"x"}'))
  })

  it('refuses a body that is too large to be checked', async () => {
    const bench = await withSchema({}, ', bodySize: 1KiB')
    const client = await connect(bench)
    client.send(post('/items', 'application/json', JSON.stringify({ name: 'n'.repeat(2000) })))
    expect((await client.answer()).status).toBe(413)
  })

  it('hands the body on to the inspection, which still has its say', async () => {
    const inspection = buildInspection({
      rules: ['builtin'],
      paranoia: 1,
      steps: 5_000_000,
      inspectedBodySizeBytes: 65_536,
    })
    if (inspection === null) throw new Error('no rules')
    const bench = await withSchema({ inspection })
    const client = await connect(bench)
    client.send(post('/items', 'application/json', '{"name":"1\' UNION SELECT password FROM users-- -"}'))
    expect((await client.answer()).status).toBe(403)
    expect(bench.edge.blocks[0]?.step).toBe('waf')
    expect(bench.edge.blocks[0]?.trace).toContain('schema:pass')
    const other = await connect(bench)
    other.send(post('/items', 'application/json', '{"name":"a green shirt"}'))
    expect((await other.answer()).status).toBe(200)
  })

  it('only reports in monitor mode, which is what a drift report is made of', async () => {
    const bench = await withSchema({ modes: { schema: 'monitor' } })
    const client = await connect(bench)
    expect((await client.get('/other')).status).toBe(200)
    client.send(post('/items', 'application/json', '{"admin":true}'))
    expect((await client.answer()).status).toBe(200)
    expect(bench.edge.blocks.map(({ rule, verdict }) => `${rule} ${verdict}`)).toEqual([
      'schema-path would-block',
      'schema-body would-block',
    ])
  })
})

describe('rules by country', () => {
  it('refuse by the address of the client, and name the country', async () => {
    const bench = await start('geo: { deny: [CN] }', { proxies: ['127.0.0.2'] })
    const client = await connect(bench)
    expect((await client.get('/', 'X-Forwarded-For: 114.114.114.114\r\n')).status).toBe(403)
    expect((await client.get('/', 'X-Forwarded-For: 8.8.8.8\r\n')).status).toBe(200)
    expect((await client.get('/')).status).toBe(200)
    expect(bench.edge.blocks).toMatchObject([{ step: 'ban', rule: 'geo-country', message: 'country CN' }])
  })
})

describe('answers', () => {
  it('get header lines and cookie attributes that the service forgot', async () => {
    const bench = await start('headers: { csp: { mode: report } }')
    bench.upstream.onRequest = ({ socket }) => {
      socket.write(
        'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nSet-Cookie: sid=1; Path=/\r\nContent-Length: 2\r\n\r\nok',
      )
    }
    const answer = await (await connect(bench)).get('/')
    expect(answer.header('Set-Cookie')).toBe('sid=1; Path=/; HttpOnly; SameSite=Lax')
    expect(answer.header('X-Content-Type-Options')).toBe('nosniff')
    expect(answer.header('Content-Security-Policy-Report-Only')).toContain(
      'report-uri /.sevenfold/csp-report',
    )
  })

  it('to reports of browsers are empty, and the reports become findings', async () => {
    const bench = await start('headers: {}')
    const client = await connect(bench)
    client.send(
      post(
        '/.sevenfold/csp-report',
        'application/csp-report',
        '{"csp-report":{"effective-directive":"img-src","blocked-uri":"https://img.example/a.png"}}',
      ),
    )
    expect((await client.answer()).status).toBe(204)
    expect(bench.findings).toMatchObject([
      { control: 'edge/csp', resource: 'shop img-src https://img.example' },
    ])
    const big = await connect(bench)
    big.send(post('/.sevenfold/csp-report', 'application/csp-report', 'x'.repeat(20_000)))
    expect((await big.answer()).status).toBe(204)
    expect(bench.findings.length).toBe(1)
    expect((await client.get('/.sevenfold/other')).status).toBe(404)
    expect(bench.upstream.heads.length).toBe(0)
  })

  it('of refusals are the pages of the site', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sf-page-'))
    folders.push(folder)
    writeFileSync(join(folder, 'page.html'), '<h1>Our shop says {{title}}</h1>{{id}}')
    const bench = await start('pages: { template: page.html }\nbots: { honeypots: { paths: [/trap] } }', {
      folder,
    })
    const client = await connect(bench)
    expect((await client.get('/trap', 'Accept: text/html\r\n')).body).toMatch(
      /^<h1>Our shop says Forbidden<\/h1>id-/,
    )
    expect((await client.get('/trap', 'Accept: application/json\r\n')).header('Content-Type')).toBe(
      'application/json',
    )
    client.send(
      'POST /trap HTTP/1.1\r\nHost: a\r\nContent-Type: application/grpc\r\nContent-Length: 0\r\n\r\n',
    )
    const grpc = await client.answer('POST')
    expect([grpc.status, grpc.header('Grpc-Status')]).toEqual([200, '7'])
  })
})

describe('a step that breaks', () => {
  const broken = { reverse: () => Promise.resolve([]), addresses: () => Promise.resolve([]) }
  function breakRate({ services }: StepsEdge): void {
    services.shared.table.charge = () => {
      throw new Error('a bug')
    }
  }

  it('refuses, says so, and takes nobody else down', async () => {
    const bench = await start('rate: { exempt: [127.0.0.9] }', { lookup: broken })
    breakRate(bench)
    expect((await (await connect(bench)).get('/')).status).toBe(503)
    expect(bench.edge.blocks[0]).toMatchObject({
      step: 'rate',
      verdict: 'block',
      rule: 'step-failed-rate',
      message: 'Error: a bug',
    })
    expect((await (await connect(bench, '127.0.0.9')).get('/')).status).toBe(200)
  })

  it('lets pass where the site says so, and in monitor mode', async () => {
    const bench = await start('onInspectionFailure: pass\nrate: { exempt: [] }')
    breakRate(bench)
    expect((await (await connect(bench)).get('/')).status).toBe(200)
    expect(bench.edge.blocks[0]).toMatchObject({ verdict: 'would-block', rule: 'step-failed-rate' })
    await bench.close()
    const monitored = await start('rate: { exempt: [] }', { modes: { rate: 'monitor' } })
    breakRate(monitored)
    expect((await (await connect(monitored)).get('/')).status).toBe(200)
  })
})

describe('too much load', () => {
  it('turns unknown clients away after a second of waiting, and keeps the known ones', async () => {
    const bench = await start('rate: { sessionCookie: sid, exempt: [] }')
    bench.services.gauge.share = 1
    bench.services.gauge.look = () => undefined
    const unknown = await connect(bench)
    const before = performance.now()
    const answer = await unknown.get('/')
    expect([answer.status, answer.header('Retry-After')]).toEqual([503, '5'])
    expect(performance.now() - before).toBeGreaterThan(900)
    expect(bench.edge.accesses.at(-1)?.trace).toEqual(['limits:pass', 'ban:pass', 'limits:answered'])
    const { keys, reputation } = bench.services
    for (let period = 1; period <= 5; period += 1) {
      keys.client('127.0.0.3')
      reputation.good(keys.address(40), period * 60_000)
      reputation.good(keys.text(41, 'abc'), period * 60_000)
    }
    expect((await (await connect(bench, '127.0.0.3')).get('/')).status).toBe(200)
    expect((await (await connect(bench, '127.7.0.4')).get('/', 'Cookie: sid=abc\r\n')).status).toBe(200)
    await waitFor(() => bench.notices.includes('load-shedding'))
  })

  it('is not made by requests that wait for the rest of their bodies, nor by answers that nobody reads', async () => {
    const inspection = buildInspection({
      rules: ['builtin'],
      paranoia: 1,
      steps: 5_000_000,
      inspectedBodySizeBytes: 65_536,
    })
    if (inspection === null) throw new Error('no rules')
    const bench = await start('rate: { exempt: [] }', { inspection })
    const { gauge } = bench.services
    let entered = 0
    gauge.enter = () => {
      entered += 1
      gauge.inFlight += 1
    }
    const slow = await connect(bench)
    slow.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\nhalf')
    await waitFor(() => entered === 1 && gauge.inFlight === 0, 'a body that is awaited')
    bench.upstream.onRequest = ({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n')
      socket.write(Buffer.alloc(50_000_000))
    }
    const reader = await connect(bench)
    reader.socket.pause()
    reader.send('GET /large HTTP/1.1\r\nHost: a\r\n\r\n')
    await waitFor(() => bench.upstream.heads.length === 1 && gauge.inFlight === 0, 'an answer that waits')
    slow.close()
    reader.close()
    await waitFor(() => bench.edge.accesses.length === 2, 'the end of both')
    expect(gauge.inFlight).toBe(0)
  })

  it('lets go of clients that leave while they wait', async () => {
    const bench = await start('rate: { exempt: [] }')
    bench.services.gauge.share = 1
    bench.services.gauge.look = () => undefined
    const client = await connect(bench)
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await waitFor(() => bench.services.room.size === 1)
    client.close()
    await waitFor(() => bench.services.room.size === 0)
    expect(bench.services.gauge.inFlight).toBe(0)
  })
})
