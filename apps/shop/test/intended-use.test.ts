import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AccessLine, LoginLine, RunningShop } from '../src/index.ts'
import { createClient } from './client.ts'
import type { TestClient } from './client.ts'
import { startTestShops } from './start-test-shop.ts'
import type { TestShops } from './start-test-shop.ts'

let shops: TestShops
let variants: readonly (readonly [name: 'weak' | 'patched', shop: RunningShop])[]

beforeAll(async () => {
  shops = await startTestShops()
  variants = [
    ['weak', await shops.start('weak', { logPath: join(shops.folder, 'weak.log'), trustProxy: true })],
    ['patched', await shops.start('patched', { patched: 'all' })],
  ]
})

afterAll(() => shops.close())

function shopOf(variant: string): RunningShop {
  const found = variants.find(([name]) => name === variant)
  if (found === undefined) throw new Error(variant)
  return found[1]
}

async function logIn(client: TestClient): Promise<void> {
  expect((await client.form('/login', { user: 'mallory', password: 'trail-mix' })).status).toBe(303)
}

describe.each(['weak', 'patched'])('the %s shop', (variant) => {
  let client: TestClient

  beforeEach(async () => {
    await shopOf(variant).reset('use')
    client = createClient(shopOf(variant).port)
  })

  it('shows start page, categories, products and search', async () => {
    expect((await client.send('/')).text).toContain('Gear for slow walks')
    expect((await client.send('/category/tents?sort=price_cents%20DESC')).text).toMatch(
      /Meadow 4[\s\S]*Tarp Larch/,
    )
    expect((await client.send('/product/1')).text).toContain('Ridgeline 2')
    expect((await client.send('/search?q=tent')).text).toContain('Ridgeline 2')
    expect((await client.send('/search?q=submarine')).text).toContain('Nothing found')
    expect((await client.send('/search?q=preview')).text).not.toContain('Winter preview')
  })

  it('remembers what was seen', async () => {
    await client.send('/product/7')
    await client.send('/product/9')
    expect((await client.send('/')).text).toMatch(/Seen by you[\s\S]*Air Mat Wide/)
  })

  it('logs in, shows the account, changes the name, logs out', async () => {
    expect((await client.send('/account')).status).toBe(303)
    await logIn(client)
    await client.form('/account', { display: 'M. Mallory' })
    expect((await client.send('/account')).text).toContain('Hello, M. Mallory')
    await client.form('/logout', {})
    expect((await client.send('/account')).status).toBe(303)
  })

  it('refuses a wrong password', async () => {
    expect((await client.form('/login', { user: 'mallory', password: 'x' })).status).toBe(401)
    expect((await client.form('/login', {})).status).toBe(401)
  })

  it('registers customers, once each', async () => {
    expect((await client.form('/register', { user: 'new.one', password: 'secret' })).status).toBe(303)
    expect((await client.send('/account')).text).toContain('Hello, new.one')
    expect((await client.form('/register', { user: 'new.one', password: 'secret' })).status).toBe(409)
    expect((await client.form('/register', { user: "o'neill", password: 'secret' })).status).toBe(422)
  })

  it('fills a cart, takes a coupon, makes an order', async () => {
    await logIn(client)
    expect((await client.form('/cart/add', { product: '1', quantity: '2' })).status).toBe(303)
    expect((await client.form('/cart/add', { product: '1', quantity: '21' })).status).toBe(404)
    expect((await client.form('/cart/coupon', { code: 'NOPE' })).status).toBe(422)
    expect((await client.form('/cart/coupon', { code: 'LANTERN-10' })).status).toBe(303)
    expect((await client.send('/cart')).text).toContain('592.20 €')
    expect((await client.form('/checkout', { address: '' })).status).toBe(422)
    const order = await client.form('/checkout', { address: "22 O'Connell St" })
    expect(order.status).toBe(201)
    const id = /Order (\d+)/.exec(order.text)?.[1] ?? ''
    expect((await client.send(`/order/${id}`)).text).toContain('592.20 €')
    expect((await createClient(shopOf(variant).port).send(`/order/${id}`)).status).toBe(404)
  })

  it('saves and loads a cart', async () => {
    await client.form('/cart/add', { product: '3', quantity: '1' })
    const saved = />([A-Za-z0-9+/=]{20,})<\/textarea>/.exec((await client.send('/cart')).text)?.[1] ?? ''
    const other = createClient(shopOf(variant).port)
    expect((await other.form('/cart/import', { cart: saved })).text).toContain('Loaded: 1 items')
    expect((await other.send('/cart')).text).toContain('Bivvy Solo')
    expect((await other.form('/cart/import', { cart: 'rubbish' })).status).toBe(422)
  })

  it('takes reviews with the name of the customer', async () => {
    await logIn(client)
    await client.form('/product/2/review', { stars: '4', text: 'Roomy & dry' })
    expect((await client.send('/product/2')).text).toMatch(/★★★★<\/span> <span>Mallory/)
    expect((await client.form('/product/4711/review', { stars: '4', text: 'x' })).status).toBe(404)
  })

  it('gives out files, pictures and style, and nothing that is not there', async () => {
    expect((await client.send('/download?file=warranty.txt')).text).toContain('five years')
    expect((await client.send('/assets/shop.css')).headers['content-type']).toContain('text/css')
    expect((await client.send('/assets/art/tents.svg')).text).toContain('<svg')
    expect((await client.send('/download?file=none.txt')).status).toBe(404)
    expect((await client.send('/picture?name=none.png')).status).toBe(404)
    expect((await client.send('/nothing')).status).toBe(404)
  })

  it('takes a picture of a customer', async () => {
    const body =
      '--B\r\nContent-Disposition: form-data; name="picture"; filename="a.png"\r\n\r\npixels\r\n--B--\r\n'
    const upload = { method: 'POST', body, headers: { 'content-type': 'multipart/form-data; boundary=B' } }
    expect((await client.send('/account/picture', upload)).status).toBe(303)
    await logIn(client)
    expect((await client.send('/account/picture', upload)).status).toBe(201)
    expect((await client.send('/uploads/a.png')).text).toBe('pixels')
    expect((await client.send('/picture?name=a.png')).headers['content-type']).toBe('image/png')
  })

  it('prints labels, fills cards, answers help, follows its own links', async () => {
    expect((await client.form('/delivery/label', { name: 'Ada', street: 'Road 1' })).text).toContain(
      'Ada, Road 1',
    )
    const card = await client.form('/gift', {
      name: 'Ada',
      occasion: 'trip',
      message: 'For {{name}}: {{ occasion }}',
    })
    expect(card.text).toContain('For Ada: trip')
    expect((await client.send('/help?topic=shipping')).text).toContain('orders over 60 euro')
    expect((await client.send('/help?topic=xyzzy')).text).toContain('Nothing about that')
    expect((await client.send('/go?to=/category/light')).headers['location']).toBe('/category/light')
    expect((await client.form('/newsletter', { email: 'a@example.org' })).text).toContain('Welcome aboard')
    expect(readFileSync(join(shopOf(variant).shop.folder.root, 'newsletter.txt'), 'utf8')).toContain(
      'a@example.org',
    )
    expect((await client.form('/newsletter', { email: 'nobody' })).status).toBe(422)
  })

  it('has a JSON API', async () => {
    const list = JSON.parse((await client.send('/api/products?category=packs&limit=2')).text) as {
      products: unknown[]
    }
    expect(list.products).toHaveLength(2)
    expect((await client.send('/api/products/3')).text).toContain('Bivvy Solo')
    expect((await client.send('/api/products/x')).status).toBe(404)
    expect((await client.json('/api/reviews/find', { product: 3 })).text).toContain('tomasz')
    expect((await client.json('/api/login', { partner: 'northwind', password: 'x' })).status).toBe(401)
    expect((await client.json('/api/login', [])).status).toBe(400)
    expect((await client.json('/api/preferences', { theme: 'dark' }, 'PATCH')).text).toContain('dark')
    expect((await client.send('/api/preferences')).text).toContain('dark')
    expect((await client.send('/api/token')).status).toBe(401)
    await logIn(client)
    const { token } = JSON.parse((await client.send('/api/token')).text) as { token: string }
    const me = await client.send('/api/me', { headers: { authorization: `Bearer ${token}` } })
    expect(JSON.parse(me.text)).toEqual({ name: 'mallory', role: 'customer' })
    expect((await client.json('/api/account', { email: 'm@example.net' })).text).toContain('m@example.net')
  })

  it('takes a price list', async () => {
    const body = '<prices><price product="1">300.00</price><price product="1">soon</price></prices>'
    const answer = await client.send('/api/price-list', { method: 'POST', body })
    expect(JSON.parse(answer.text)).toMatchObject({ updated: 1, refused: ['product 1: "soon" is no price'] })
    expect((await client.send('/product/1')).text).toContain('300.00 €')
    expect((await client.send('/api/price-list', { method: 'POST', body: '<x/>' })).status).toBe(400)
  })

  it('keeps customers out of the office', async () => {
    await logIn(client)
    expect((await client.send('/admin')).status).toBe(403)
    expect((await client.send('/intranet')).status).toBe(403)
    const admin = createClient(shopOf(variant).port)
    await admin.form('/login', { user: 'admin', password: shopOf(variant).shop.secrets.adminPassword })
    expect((await admin.send('/admin')).text).toContain(shopOf(variant).shop.secrets.paymentKey)
  })

  it('answers crawlers, HEAD, and its own health', async () => {
    expect((await client.send('/robots.txt')).text).toContain('Sitemap')
    expect((await client.send('/sitemap.xml')).text).toContain('/product/24')
    expect((await client.send('/sitemap.xml')).text).not.toContain('/product/900')
    expect((await client.send('/health')).text).toBe('ok\n')
    const head = await client.send('/robots.txt', { method: 'HEAD' })
    expect([head.status, head.text]).toEqual([200, ''])
  })

  it('refuses a body over the limit, a foreign host and a foreign page', async () => {
    const large = { method: 'POST', body: 'x'.repeat((4 << 20) + 1) }
    expect((await client.send('/login', large).catch(() => ({ status: 413 }))).status).toBe(413)
    expect((await client.send('/', { headers: { host: 'evil.example' } })).status).toBe(421)
    expect(
      (await client.send('/', { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } })).status,
    ).toBe(403)
  })

  it('restores everything on a reset', async () => {
    const { shop } = shopOf(variant)
    await shop.database.rows('DROP TABLE orders CASCADE; CREATE TABLE extra (id int)')
    await shopOf(variant).reset('again')
    expect((await client.send('/api/products/1')).status).toBe(200)
    expect(await shop.database.rows("SELECT 1 FROM pg_tables WHERE tablename = 'extra'")).toEqual([])
    expect(shop.secrets.paymentKey).not.toBe('')
    expect(readFileSync(join(shop.folder.private, 'payment.key'), 'utf8')).toBe(`${shop.secrets.fileKey}\n`)
  })
})

describe('the log of the shop', () => {
  it('names peer, trace and outcome in one JSON line per request and login', async () => {
    const shop = shopOf('weak')
    await shop.reset('log')
    const client = createClient(shop.port)
    const headers = { 'x-sevenfold-trace': 't-1', 'x-request-id': 'r-1', 'user-agent': 'one\ttwo' }
    await client.send('/search?q=a%0Ab', { headers, localAddress: '127.8.8.8' })
    await client.send('/', { headers: { 'x-forwarded-for': '10.1.1.1, 203.0.113.5' } })
    await client.form('/login', { user: 'x\n', password: 'y' })
    const [search, start, login, post] = await vi.waitFor(() => {
      const text = readFileSync(join(shops.folder, 'weak.log'), 'utf8').trimEnd()
      const all = text.split('\n').map((line) => JSON.parse(line) as AccessLine | LoginLine)
      const own = all.slice(all.findIndex((line) => line.trace === 't-1'))
      expect(own).toHaveLength(4)
      return own
    })
    expect(search).toMatchObject({
      event: 'access',
      peer: '127.8.8.8',
      method: 'GET',
      path: '/search?q=a%0Ab',
      status: 200,
      user_agent: 'one\ttwo',
      trace: 't-1',
      request_id: 'r-1',
    })
    expect(start).toMatchObject({ peer: '203.0.113.5', path: '/' })
    expect(login).toMatchObject({ event: 'login', user: 'x\n', outcome: 'failure', peer: '127.0.0.1' })
    expect(post).toMatchObject({ event: 'access', path: '/login' })
  })
})
