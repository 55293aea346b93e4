import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import https from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { EdgeFolder, EdgeProcess, edgeMain } from './support/edge-process.ts'
import { RawClient } from './support/raw-client.ts'
import { compiledEdge } from './support/steps-edge.ts'
import { testCertificate } from './support/test-certificates.ts'

const isBuilt = existsSync(edgeMain)
const browserPath = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
  (path) => path !== undefined && existsSync(path),
)
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
]

let upstream: Server
let folder: EdgeFolder
let edge: EdgeProcess
const clients: RawClient[] = []

/** A shop of three pages, a form and a cookie. */
function shop(): Server {
  return createServer((request, response) => {
    let body = ''
    request.on('data', (piece: Buffer) => (body += piece.toString('latin1')))
    request.on('end', () => {
      const path = (request.url ?? '/').split('?')[0]
      if (request.method === 'POST') {
        response.writeHead(303, {
          Location: '/cart',
          'Set-Cookie': `cart=${encodeURIComponent(body)}; Path=/`,
        })
        response.end()
        return
      }
      if (path === '/app.js') {
        response.setHeader('Content-Type', 'text/javascript')
        response.end(
          'fetch("/api/price").then((r) => r.json()).then((p) => { document.querySelector("#price").textContent = p.price })',
        )
        return
      }
      if (path === '/api/price') {
        response.setHeader('Content-Type', 'application/json')
        response.end('{"price":"12.50"}')
        return
      }
      response.setHeader('Content-Type', 'text/html')
      response.end(
        path === '/cart'
          ? `<title>Cart</title><h1>Cart: ${decodeURIComponent(request.headers.cookie ?? '').includes('item=shoe') ? 'shoe' : 'empty'}</h1>`
          : '<title>Shop</title><h1>Shop</h1><p id="price"></p><form method="post" action="/cart"><input name="item" value="shoe"><button>Buy</button></form><script src="/app.js"></script>',
      )
    })
  })
}

async function start(site: string, workers = 1, limits: Record<string, number> = {}): Promise<void> {
  upstream = shop().listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const address = upstream.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const config = compiledEdge(site)
  folder = new EdgeFolder()
  folder.configure({
    ...config,
    limits: { ...config.limits, ...limits },
    workers,
    ownListeners: [],
    sites: config.sites.map((one) => ({
      ...one,
      listen: { ...one.listen, port: 0 },
      upstream: { ...one.upstream, url: `http://127.0.0.1:${port}`, port },
    })),
  })
  edge = await EdgeProcess.start(folder)
}

async function connect(localAddress: string): Promise<RawClient> {
  const client = await RawClient.connect(edge.port, localAddress)
  clients.push(client)
  return client
}

async function stop(): Promise<void> {
  for (const client of clients.splice(0)) client.close()
  await edge.stop()
  upstream.closeAllConnections()
  upstream.close()
  folder.remove()
}

describe.skipIf(!isBuilt || browserPath === undefined)(
  'a browser on an encrypted site (needs a build and Chromium)',
  () => {
    it('keeps its pass over resumed connections, and another program cannot use it', async () => {
      const files = mkdtempSync(join(tmpdir(), 'sf-tls-'))
      const { certificate, key } = await testCertificate({ names: ['127.0.0.1'] })
      writeFileSync(join(files, 'a.pem'), certificate)
      writeFileSync(join(files, 'a.key'), key)
      await start(
        `tls: { certificates: [{ certificate: ${files}/a.pem, key: ${files}/a.key }], http2: false }\nchallenge: { when: always, difficulty: 10 }\nrate: { exempt: [] }`,
        2,
        { requestsPerConnection: 1 },
      )
      const browser = await chromium.launch({ executablePath: browserPath ?? '', args: flags })
      try {
        const context = await browser.newContext({ ignoreHTTPSErrors: true })
        const page = await context.newPage()
        const statuses: number[] = []
        page.on('response', (response) => statuses.push(response.status()))
        for (let visit = 0; visit < 6; visit += 1) {
          await page.goto(`https://127.0.0.1:${edge.port}/?visit=${visit}`)
          await page.getByRole('heading', { name: 'Shop' }).waitFor()
        }
        expect(statuses.filter((status) => status === 403).length).toBe(1)
        const [pass] = (await context.cookies()).filter(({ name }) => name === 'sevenfold_pass')
        expect(pass).toMatchObject({ secure: true, httpOnly: true })
        const agent = String(await page.evaluate('navigator.userAgent'))
        const headers = {
          'User-Agent': agent,
          Accept: 'text/html',
          Cookie: `sevenfold_pass=${pass?.value ?? ''}`,
        }
        const stolen = await new Promise<number>((resolve, reject) => {
          https
            .get(
              { host: '127.0.0.1', port: edge.port, path: '/', headers, rejectUnauthorized: false },
              (response) => {
                response.resume()
                resolve(response.statusCode ?? 0)
              },
            )
            .on('error', reject)
        })
        expect(stolen).toBe(403)
      } finally {
        await browser.close()
        await stop()
        rmSync(files, { recursive: true })
      }
    }, 60_000)
  },
)

describe.skipIf(!isBuilt)('rate limits of several workers (needs a build)', () => {
  afterEach(stop)

  async function many(count: number, localAddress: string): Promise<RawClient[]> {
    return Promise.all(Array.from({ length: count }, () => connect(localAddress)))
  }

  it('let at most one burst more pass for each further worker, and none once they have told each other', async () => {
    const [burst, workers] = [20, 2]
    await start(`rate: { rules: [{ name: few, limit: 1, per: 1h, burst: ${burst} }], exempt: [] }`, workers)
    const list = await many(8, '127.0.0.2')
    let passed = 0
    // All at once: the workers cannot know of each other yet.
    for (let round = 0; round < 10; round += 1) {
      const answers = await Promise.all(list.map((client) => client.get('/')))
      passed += answers.filter(({ status }) => status === 200).length
    }
    expect(passed).toBeGreaterThanOrEqual(burst)
    expect(passed).toBeLessThanOrEqual(burst * workers)
    const deadline = Date.now() + 2000
    let late = 1
    while (late > 0 && Date.now() < deadline) {
      const answers = await Promise.all(list.map((client) => client.get('/')))
      late = answers.filter(({ status }) => status === 200).length
    }
    expect(late).toBe(0)
  })

  it('count logins exactly, whichever worker they come to', async () => {
    await start(
      'rate: { rules: [{ name: login, paths: [/login], limit: 7, per: 1h, exact: true }], exempt: [] }',
      3,
    )
    const list = await many(12, '127.0.0.2')
    const answers = await Promise.all(list.flatMap((client) => [client.get('/login')]))
    const more = await Promise.all(list.map((client) => client.get('/login')))
    expect([...answers, ...more].filter(({ status }) => status === 200).length).toBe(7)
  })
})

describe.skipIf(!isBuilt || browserPath === undefined)(
  'a browser in front of a challenge (needs a build and Chromium)',
  () => {
    let browser: Browser

    beforeAll(async () => {
      await start(
        'challenge: { when: always, difficulty: 12 }\nheaders: { csp: { mode: report } }\nrate: { exempt: [] }',
        2,
      )
      browser = await chromium.launch({ executablePath: browserPath ?? '', args: flags })
    })
    afterAll(async () => {
      await browser.close()
      await stop()
    })

    it('passes it by itself and uses the shop without noticing the rest', async () => {
      const page = await browser.newPage()
      const statuses: number[] = []
      page.on('response', (response) => statuses.push(response.status()))
      await page.goto(`http://127.0.0.1:${edge.port}/?from=ad`)
      await page.getByRole('heading', { name: 'Shop' }).waitFor()
      expect(new URL(page.url()).search).toBe('?from=ad')
      expect(statuses.slice(0, 3)).toEqual([403, 303, 200])
      await page.getByText('12.50').waitFor()
      await page.getByRole('button', { name: 'Buy' }).click()
      await page.getByRole('heading', { name: 'Cart: shoe' }).waitFor()
      await page.goBack()
      await page.getByRole('heading', { name: 'Shop' }).waitFor()
      expect(statuses.filter((status) => status === 403).length).toBe(1)
      const [pass] = (await page.context().cookies()).filter(({ name }) => name === 'sevenfold_pass')
      expect(pass).toMatchObject({ httpOnly: true, sameSite: 'Lax' })
      await page.close()
    })

    it('that is headless but has no scripts waits, and gets in', async () => {
      const context = await browser.newContext({ javaScriptEnabled: false })
      const page = await context.newPage()
      await page.goto(`http://127.0.0.1:${edge.port}/`)
      expect(await page.getByRole('heading').textContent()).toBe('One moment')
      await page.getByRole('heading', { name: 'Shop' }).waitFor({ timeout: 20_000 })
      await context.close()
    }, 30_000)

    it('shows a page that is legible to a screen reader', async () => {
      const context = await browser.newContext({ javaScriptEnabled: false })
      const page = await context.newPage()
      await page.goto(`http://127.0.0.1:${edge.port}/`)
      expect(await page.getAttribute('html', 'lang')).toBe('en')
      expect(await page.getByRole('main').count()).toBe(1)
      expect(await page.getByRole('status').textContent()).toBe('Checking…')
      expect(await page.getByRole('link').getAttribute('href')).toContain('/.sevenfold/pass')
      await context.close()
    })
  },
)
