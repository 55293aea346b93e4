/** One innocent request that the profile is learned from. */
export interface LearnRequest {
  readonly path: string
  /** Sent as JSON. */
  readonly json?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

function ask(route: string, value: string): LearnRequest {
  return { path: `${route}?q=${encodeURIComponent(value)}` }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

// What ordinary users of the harness's application would do. None of these is among its 145 innocent requests.
const plain = ['margaret', 'user12', "D'Arcy", 'two words', 'Zoë & Sons', '42', 'a-b_c.d', 'x, y; z']

/** Ordinary requests: each route of the harness with ordinary values. */
export const learnRequests: readonly LearnRequest[] = [
  { path: '/hello' },
  { path: '/db?id=7' },
  { path: '/dbq?name=user3' },
  { path: '/file?name=a.txt' },
  { path: '/fetch?item=item-9' },
  { path: '/render?title=A+title' },
  { path: '/json', json: { items: [{ name: 'one' }] } },
  { path: '/jsondb', json: { items: [{ name: 'user4' }, { name: 'user5' }] } },
  ...['user7', 'user8', 'nobody'].flatMap((name) => [
    ask('/v/sqli-pg', name),
    { path: '/v/sqli-pg', json: { q: name } },
    ask('/v/sqli-pg-replace', name),
    ask('/v/sqli-pg-b64', base64(name)),
    ask('/v/sqli-pg-split', `${name}|0`),
    { path: `/v/sqli-pg-two?a=${name}&b=${name}%40example.org` },
    { path: `/v/sqli-pg-param/${name}` },
    ask('/v/sqli-lite', name),
  ]),
  ...['3', '17', '900'].map((id) => ask('/v/sqli-pg-num', id)),
  ...['id', 'name', 'email'].map((column) => ask('/v/sqli-pg-order', column)),
  { path: '/v/sqli-2nd?store=u3%40example.org' },
  { path: '/v/sqli-2nd' },
  ...['there', 'again'].flatMap((word) => [
    ask('/v/cmd-exec', word),
    ask('/v/cmd-execsync', word),
    ask('/v/cmd-spawnshell', word),
    ask('/v/cmd-shc', word),
    ask('/v/cmd-split', `${word},more`),
  ]),
  { path: '/v/cmd-arg?q=-name&q=a.txt' },
  ...['join', 'concat', 'abs', 'promise', 'stream', 'double', 'backslash'].map((way) =>
    ask(`/v/path-${way}`, 'a.txt'),
  ),
  ask('/v/path-b64', base64('a.txt')),
  ask('/v/path-write', 'note.txt'),
  ...['eval', 'newfunction', 'vm'].map((way) => ask(`/v/${way}`, '41')),
  ...['ejs', 'pug', 'nunjucks'].map((engine) => ask(`/v/ssti-${engine}`, 'reader')),
  { path: '/v/pp-merge', json: { theme: { colour: 'blue' } } },
  { path: '/v/pp-lodash', json: { theme: { colour: 'blue' } } },
  { path: '/v/pp-path', json: { path: 'theme.colour', val: 'blue' } },
  { path: '/v/deser', json: { q: '{"a":1}' } },
  {
    path: '/v/xxe',
    headers: { 'content-type': 'application/xml' },
    body: '<order><item>tent</item></order>',
  },
  ask('/v/xss', 'reader'),
  ask('/v/redirect', '/account'),
  ask('/v/redos', 'aaa'),
  ask('/v/weakhash', 'reader'),
  ...['param', 'execfile', 'quoted', 'store', 'basename', 'escape', 'echo'].flatMap((route) =>
    plain.map((value) => ({ path: `/ok/${route}`, json: { q: value } })),
  ),
  ask('/ok/column', 'other'),
  ask('/ok/lookup', 'other'),
]
