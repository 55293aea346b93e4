import type { SampleRequest } from './rule-traffic.ts'

/** A place of a request that a value is put into. */
export type Carrier = (value: string) => SampleRequest

const boundary = '----form8f14e45fceea'

function part(name: string, value: string, file = ''): string {
  const kind = file === '' ? '' : `; filename="${file}"\r\nContent-Type: image/svg+xml`
  return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${kind}\r\n\r\n${value}\r\n`
}

/** Percent-encodes for a path, as browsers do; half of the reserved signs stay. */
function pathSegment(value: string): string {
  return encodeURIComponent(value).replace(/%(?:2C|3B|40|3A|24|26|2B|3D)/g, decodeURIComponent)
}

/** Sends JSON text itself as the body. */
export const asJsonBody: Carrier = (value) => ({
  method: 'POST',
  target: '/api/items',
  headers: { 'Content-Type': 'application/json' },
  body: value,
})

/** Sends XML text itself as the body. */
export const asXmlBody: Carrier = (value) => ({
  method: 'POST',
  target: '/feeds',
  headers: { 'Content-Type': 'application/xml' },
  body: value,
})

/** Uploads the value as the content of a drawing. */
export const asDrawing: Carrier = (value) => ({
  method: 'POST',
  target: '/avatar',
  headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
  body: `${part('title', 'My picture')}${part('picture', value, 'logo.svg')}--${boundary}--\r\n`,
})

/** A parameter's name instead of its value. */
export const asName: Carrier = (value) => ({ target: `/items?${encodeURIComponent(value)}=1&page=2` })

/** Each segment of the value's own path below a folder, as it stands. */
export const asRawPath: Carrier = (value) => ({
  target: `/static/${value.replace(/[\s\0?#]/g, encodeURIComponent)}`,
})

/** Places by name. */
export const carriers = {
  query: (value) => ({ target: `/items?category=${encodeURIComponent(value)}&page=2` }),
  form: (value) => ({
    method: 'POST',
    target: '/newsletter',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: `name=Ada&email=${encodeURIComponent(value).replaceAll('%20', '+')}`,
  }),
  json: (value) => ({
    method: 'POST',
    target: '/api/orders',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ lines: [{ id: 7, note: value }], total: 3 }),
  }),
  multipart: (value) => ({
    method: 'POST',
    target: '/comments',
    headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
    body: `${part('author', 'Ada')}${part('text', value)}--${boundary}--\r\n`,
  }),
  cookie: (value) => ({
    target: '/',
    headers: { Cookie: `sid=8f14e45fceea167a; theme=${encodeURIComponent(value)}` },
  }),
  path: (value) => ({ target: `/product/${pathSegment(value)}` }),
  agent: (value) => ({
    target: '/',
    headers: { 'User-Agent': `Mozilla/5.0 ${value.replace(/[\r\n\0]/g, ' ')}` },
  }),
  referer: (value) => ({
    target: '/',
    headers: { Referer: `https://example.org/${value.replace(/[\r\n\0]/g, ' ')}` },
  }),
} as const satisfies Readonly<Record<string, Carrier>>
