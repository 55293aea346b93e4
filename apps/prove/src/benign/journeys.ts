import { attacker, logIn } from '../attack/attacker.ts'
import { upload } from '../visitor/upload.ts'
import { query } from '../visitor/visitor.ts'
import { expectServed } from './expect-served.ts'
import type { Journey } from './journey.ts'

const browse: Journey = {
  id: 'browse',
  title: 'Somebody looks around',
  visit: ({ visitor }) =>
    expectServed([
      ['start page', () => visitor.get('/'), 'Gear for slow walks'],
      ['style sheet', () => visitor.get('/assets/shop.css')],
      ['drawing', () => visitor.get('/assets/art/tents.svg')],
      ['category', () => visitor.get('/category/tents'), 'Ridgeline 2'],
      ['sorted', () => visitor.get(`/category/tents${query({ sort: 'price_cents DESC' })}`), 'Meadow 4'],
      ['product', () => visitor.get('/product/1'), 'Write one'],
      ['search', () => visitor.get(`/search${query({ q: 'wool & down' })}`), 'Results for'],
      ['search in Swedish', () => visitor.get(`/search${query({ q: 'sovsäck för två' })}`), 'Results for'],
      ['help', () => visitor.get('/help?topic=shipping'), 'orders over 60 euro'],
      ['size guide', () => visitor.get('/download?file=size-guide.txt'), 'Boots'],
      ['counted link', () => visitor.get(`/go${query({ to: '/category/light' })}`)],
    ]),
}

const buy: Journey = {
  id: 'buy',
  title: 'A customer logs in and buys',
  visit: ({ visitor }) =>
    expectServed([
      ['login page', () => visitor.get('/login'), 'Log in'],
      ['login', () => logIn(visitor)],
      ['account', () => visitor.get('/account'), 'Hello'],
      ['first line', () => visitor.form('/cart/add', { product: '1', quantity: '1' })],
      ['second line', () => visitor.form('/cart/add', { product: '12', quantity: '4' })],
      ['coupon', () => visitor.form('/cart/coupon', { code: 'LANTERN-10' })],
      ['cart', () => visitor.get('/cart'), '10 % off'],
      [
        'order',
        () => visitor.form('/checkout', { address: "Carrer d'Aragó 22, 3r 1a; 08009 Barcelona" }),
        'Thank you',
      ],
      ['log out', () => visitor.form('/logout', {})],
    ]),
}

const contribute: Journey = {
  id: 'contribute',
  title: 'A customer writes a review and uploads a picture',
  visit: ({ visitor }) =>
    expectServed([
      ['login', () => visitor.form('/login', { user: attacker.user, password: attacker.password })],
      [
        'review',
        () =>
          visitor.form('/product/5/review', {
            stars: '5',
            text: 'Warm at -4 °C (I checked!). 10/10 -- would "sleep" again; select the long one.',
          }),
      ],
      ['product', () => visitor.get('/product/5'), 'would'],
      ['name', () => visitor.form('/account', { display: 'Mallory & Sons' })],
      [
        'picture',
        () =>
          upload(visitor, '/account/picture', {
            field: 'picture',
            fileName: 'Sommar 2026 (1).jpg',
            type: 'image/jpeg',
            data: 'pixels',
          }),
      ],
      [
        'gift card',
        () =>
          visitor.form('/gift', {
            name: 'Ada',
            occasion: 'trip',
            message: 'Dear {{name}}, enjoy your {{occasion}}!',
          }),
      ],
      ['label', () => visitor.form('/delivery/label', { name: 'Ada and Co', street: 'Hauptstr. 5' })],
      ['newsletter', () => visitor.form('/newsletter', { email: 'ada.lovelace+shop@example.org' })],
    ]),
}

const apiClient: Journey = {
  id: 'api-client',
  title: "A partner's program uses the JSON API",
  visit: ({ visitor }) => {
    const headers = { 'user-agent': 'northwind-sync/3.1', accept: 'application/json' }
    const body = JSON.stringify({ product: 3, approved: true })
    const prices = '<?xml version="1.0"?><prices><price product="4">79.00</price></prices>'
    return expectServed([
      ['products', () => visitor.get('/api/products?category=packs&limit=10', headers), 'Long Way 55'],
      ['product', () => visitor.get('/api/products/14', headers)],
      [
        'reviews',
        () =>
          visitor.send({
            method: 'POST',
            path: '/api/reviews/find',
            body,
            headers: { ...headers, 'content-type': 'application/json' },
          }),
        'tomasz',
      ],
      [
        'preferences',
        () => visitor.json('/api/preferences', { theme: 'dark', list: { size: 20 } }, 'PATCH'),
        'dark',
      ],
      [
        'prices',
        () =>
          visitor.send({
            method: 'POST',
            path: '/api/price-list',
            body: prices,
            headers: { ...headers, 'content-type': 'application/xml' },
          }),
        '"updated":1',
      ],
    ])
  },
}

const crawler: Journey = {
  id: 'crawler',
  title: 'A small search engine reads the catalogue, politely',
  visit: ({ visitor, pause }) => {
    const headers = { 'user-agent': 'TrailWeeklyBot/1.0 (+https://trailweekly.example/bot)' }
    const read = async (path: string): Promise<Awaited<ReturnType<typeof visitor.get>>> => {
      await pause(40)
      return visitor.get(path, headers)
    }
    return expectServed([
      ['robots', () => read('/robots.txt'), 'Sitemap'],
      ['sitemap', () => read('/sitemap.xml'), '/product/1'],
      ...[1, 2, 3, 5, 8, 13, 21].map((id) => [`product ${id}`, () => read(`/product/${id}`)] as const),
    ])
  },
}

const forgetful: Journey = {
  id: 'forgetful',
  title: 'Somebody mistypes a password and an address, then finds the way',
  visit: async ({ visitor }) => {
    await visitor.form('/login', { user: 'mallory', password: 'trail-mlx' })
    await visitor.form('/login', { user: 'Mallory', password: 'trail-mix' })
    await visitor.get('/product/4711')
    await visitor.get('/favicon.ico')
    return expectServed([
      ['login', () => logIn(visitor)],
      ['account', () => visitor.get('/account'), 'Hello'],
    ])
  },
}

/** Innocent visits; each must be served in full behind all layers. */
export const journeys: readonly Journey[] = [browse, buy, contribute, apiClient, crawler, forgetful]
