import { describe, expect, it } from 'vitest'
import { builtinRules } from '../src/builtin/builtin-rules.ts'
import { maxXmlDepth } from '../src/transaction/read-body.ts'
import { transact, type Exchange } from './transact.ts'

const says = `SecRule REQBODY_ERROR "!@eq 0" "id:1,phase:2,deny,status:400,logdata:'%{REQBODY_ERROR_MSG}'"`
const count = `SecRule &ARGS "@ge 0" "id:2,phase:2,pass,logdata:'%{MATCHED_VAR}'"`
const processor = (name: string): string =>
  `SecAction "id:33,phase:1,pass,nolog,ctl:requestBodyProcessor=${name}"`

const withBody = (type: string, body: string): Exchange => ({
  method: 'POST',
  headers: ['Content-Type', type],
  body,
})
const form = (body: string): Exchange => withBody('application/x-www-form-urlencoded', body)
const nested = (open: string, core: string, close: string, depth: number): string =>
  open.repeat(depth) + core + close.repeat(depth)

/** Each limit from both sides: what is just allowed passes, one more is an error that a rule sees. */
const limits: readonly (readonly [name: string, settings: string, allowed: Exchange, refused: Exchange])[] = [
  [
    'depth of JSON',
    `SecRequestBodyJsonDepthLimit 40\n${processor('JSON')}`,
    withBody('application/json', nested('[', '1', ']', 40)),
    withBody('application/json', nested('[', '1', ']', 41)),
  ],
  [
    'depth of XML',
    processor('XML'),
    withBody('text/xml', nested('<a>', '', '</a>', maxXmlDepth)),
    withBody('text/xml', nested('<a>', '', '</a>', maxXmlDepth + 1)),
  ],
  [
    'expansion of XML entities',
    processor('XML'),
    withBody('text/xml', `<!DOCTYPE a [<!ENTITY e "${'x'.repeat(1_024)}">]><a>${'&e;'.repeat(64)}</a>`),
    withBody('text/xml', `<!DOCTYPE a [<!ENTITY e "${'x'.repeat(1_024)}">]><a>${'&e;'.repeat(65)}</a>`),
  ],
  [
    'depth of GraphQL',
    processor('GRAPHQL'),
    withBody('application/graphql', nested('{a', '', '}', 64)),
    withBody('application/graphql', nested('{a', '', '}', 65)),
  ],
  ['arguments of a form', 'SecArgumentsLimit 10', form('a=1&'.repeat(10)), form('a=1&'.repeat(11))],
  [
    'arguments of JSON',
    `SecArgumentsLimit 10\n${processor('JSON')}`,
    withBody('application/json', `[${'1,'.repeat(9)}1]`),
    withBody('application/json', `[${'1,'.repeat(10)}1]`),
  ],
  [
    'bytes without files',
    'SecRequestBodyNoFilesLimit 100',
    form(`a=${'x'.repeat(98)}`),
    form(`a=${'x'.repeat(99)}`),
  ],
]

/** Documents that grow when they are read carelessly: the answer is an error, at once. */
const bombs: readonly (readonly [name: string, kind: string, body: string])[] = [
  [
    'a billion laughs',
    'XML',
    `<!DOCTYPE l [<!ENTITY a "lol">${Array.from({ length: 9 }, (_, n) => `<!ENTITY ${'bcdefghij'[n]} "${`&${'abcdefghi'[n]};`.repeat(10)}">`).join('')}]><l>&j;</l>`,
  ],
  ['an entity of itself', 'XML', '<!DOCTYPE a [<!ENTITY a "&b;"><!ENTITY b "&a;">]><a>&a;</a>'],
  [
    'a quadratic blow-up',
    'XML',
    `<!DOCTYPE a [<!ENTITY e "${'x'.repeat(50_000)}">]><a>${'&e;'.repeat(10_000)}</a>`,
  ],
  ['100,000 open arrays', 'JSON', '['.repeat(100_000)],
  ['100,000 open objects', 'JSON', '{"a":'.repeat(100_000)],
  ['100,000 open elements', 'XML', '<a>'.repeat(100_000)],
  ['100,000 open selections', 'GRAPHQL', '{a'.repeat(100_000)],
  ['100,000 open values', 'GRAPHQL', `{a(b:${'['.repeat(100_000)}`],
  ['a number that goes on', 'JSON', `${'1'.repeat(100_000)}x`],
  ['an escape that is cut', 'JSON', `"${'\\u00'.repeat(10)}`],
]

describe('a body at its limits', () => {
  it.each(limits)('%s: just below', (_, settings, allowed) => {
    expect(transact(`${settings}\n${says}`, allowed).verdict).toEqual({ kind: 'pass' })
  })

  it.each(limits)('%s: just above', (_, settings, __, refused) => {
    const { verdict, report } = transact(`${settings}\n${says}`, refused)
    expect(verdict).toEqual({ kind: 'deny', status: 400 })
    expect(report.matches[0]?.data).not.toBe('')
  })

  it.each(bombs)('%s is an error', (_, kind, body) => {
    const outcome = transact(
      `SecRequestBodyLimit 10000000\n${processor(kind)}\n${says}`,
      withBody('x/y', body),
    )
    expect(outcome.verdict).toEqual({ kind: 'deny', status: 400 })
  })

  it('refuses a body above its limit, and takes one of exactly that size', () => {
    const limit = 'SecRequestBodyLimit 50'
    expect(transact(limit, form('x'.repeat(50))).verdict).toEqual({ kind: 'pass' })
    expect(transact(limit, form('x'.repeat(51))).verdict).toEqual({ kind: 'deny', status: 413 })
    expect(
      transact(`${limit}\nSecRequestBodyLimitAction ProcessPartial`, form('x'.repeat(51))).verdict,
    ).toEqual({ kind: 'pass' })
  })

  it('never opens an external entity', () => {
    const body = '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>x&e;y</a>'
    const rule = `SecRule XML:/* "@rx ." "id:9,phase:2,pass,logdata:'%{MATCHED_VAR}'"`
    expect(transact(`${processor('XML')}\n${rule}`, withBody('text/xml', body)).report.matches[0]?.data).toBe(
      'xy',
    )
  })
})

describe('many and repeated names', () => {
  it.each([
    ['a form', form(Array.from({ length: 10_000 }, (_, n) => `p${n}=${n}`).join('&')), ''],
    [
      'JSON',
      withBody('application/json', JSON.stringify(Array.from({ length: 10_000 }, (_, n) => n))),
      processor('JSON'),
    ],
  ])('10,000 parameters in %s are all looked at', (_, exchange, settings) => {
    const rules = `SecArgumentsLimit 10000\n${settings}\n${count}\nSecRule ARGS "@streq 9999" "id:4,phase:2,deny,status:406"`
    const { verdict, report } = transact(rules, exchange)
    expect(report.matches[0]?.data).toBe('10000')
    expect(verdict).toEqual({ kind: 'deny', status: 406 })
  })

  it('10,000 parameters in the query string are all looked at', () => {
    const target = `/?${Array.from({ length: 10_000 }, (_, n) => `p${n}=${n}`).join('&')}`
    const { verdict } = transact('SecArgumentsLimit 10000\nSecRule ARGS "@streq 9999" "id:4,phase:1,deny"', {
      target,
    })
    expect(verdict).toEqual({ kind: 'deny', status: 403 })
  })

  it('every one of 500 headers of one name is looked at', () => {
    const headers = Array.from({ length: 500 }, (_, n) => ['X-Same', n === 499 ? 'evil' : 'fine']).flat()
    const { ids } = transact('SecRule REQUEST_HEADERS:x-same "@streq evil" "id:5,phase:1,pass"', { headers })
    expect(ids).toEqual(['5'])
  })

  it.each([
    ['two cookies of one name', ['Cookie', 'a=1; a=evil']],
    ['two Cookie headers', ['Cookie', 'a=1', 'cookie', 'b=evil']],
    ['no space behind the semicolon', ['Cookie', 'a=1;b=evil']],
    ['a value with an equals sign before it', ['Cookie', 'x=y=z; b=evil']],
  ])('cookies: %s', (_, headers) => {
    expect(transact('SecRule REQUEST_COOKIES "@streq evil" "id:6,phase:1,pass"', { headers }).ids).toEqual([
      '6',
    ])
  })
})

describe('bytes that are no text', () => {
  const invalid = [
    '\xff',
    '\xc0\x80',
    '\xc3',
    '\xe2\x82',
    '\xed\xa0\x80',
    '\xf5\x80\x80\x80',
    '\x80',
    'a\xc3(b',
  ]
  const utf8 = 'SecRule ARGS "@validateUtf8Encoding" "id:7,phase:2,pass"'

  it.each(invalid)('are seen as what they are in a form: %j', (bytes) => {
    const encoded = [...bytes].map((unit) => `%${unit.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')
    const same = `SecRule ARGS:v "@streq ${bytes}" "id:8,phase:2,pass"`
    expect(transact(`${utf8}\n${same}`, form(`v=${encoded}`)).ids).toEqual(['7', '8'])
  })

  it.each(['\xc3\xa9', '\xe2\x82\xac', '\xf0\x9f\x98\x80', '\xef\xbf\xbf', 'plain'])(
    'pass where they are valid: %j',
    (bytes) => {
      expect(
        transact(utf8, form(`v=${encodeURIComponent(Buffer.from(bytes, 'latin1').toString('utf8'))}`)).ids,
      ).toEqual([])
    },
  )

  it.each(['%', '%4', '%zz', '%u00', 'a%'])('and escapes that are none raise a flag: %j', (text) => {
    expect(transact('SecRule URLENCODED_ERROR "@eq 1" "id:9,phase:2,pass"', form(`v=${text}`)).ids).toEqual([
      '9',
    ])
  })
})

describe('a body that arrives in chunks', () => {
  const boundary = 'multipart/form-data; boundary=XX'
  const part =
    '--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\nunion select\r\n--XX\r\nContent-Disposition: form-data; name="f"; filename="x.php"\r\n\r\n<?php\r\n--XX--\r\n'
  const rules = `SecRule ARGS|FILES|REQUEST_BODY|XML:/* "@rx ." "id:1,phase:2,pass,setvar:'tx.all=%{tx.all}[%{MATCHED_VAR_NAME}=%{MATCHED_VAR}]'"
SecRule TX:all "@rx ." "id:2,phase:2,pass,logdata:'%{tx.all}'"
SecRule MULTIPART_STRICT_ERROR|REQBODY_ERROR "@ge 0" "id:3,phase:2,pass,logdata:'%{MATCHED_VAR_NAME}=%{MATCHED_VAR}'"`

  it.each([
    ['a form', '', form('a=%3Cscript%3E&b=1+or+1&%41=%')],
    ['JSON', processor('JSON'), withBody('application/json', '{"a":["\\u003cscript>",{"b":"\xc3\xa9"}]}')],
    ['XML', processor('XML'), withBody('text/xml', '<a b="c">&lt;d<![CDATA[e]]><f/></a>')],
    [
      'GraphQL',
      processor('GRAPHQL'),
      withBody('application/json', '{"query":"{ a(b: \\"c\\") }","variables":{"d":1}}'),
    ],
    ['multipart', '', withBody(boundary, part)],
    ['broken multipart', '', withBody(boundary, part.slice(0, -8))],
  ])('of every size is judged as in one piece: %s', (_, settings, exchange) => {
    const whole = transact(`${settings}\n${rules}`, exchange)
    const size = exchange.body?.length ?? 0
    expect(whole.report.matches.length).toBeGreaterThan(0)
    for (let chunk = 1; chunk < size; chunk++) {
      const cut = transact(`${settings}\n${rules}`, { ...exchange, chunk })
      expect([chunk, cut.verdict, cut.report]).toEqual([chunk, whole.verdict, whole.report])
    }
  })
})

describe('the built-in rules', () => {
  const text = builtinRules.map((source) => source.text).join('\n')

  it.each(bombs)('come to a verdict on %s', (_, kind, body) => {
    const outcome = transact(`${text}\n${processor(kind)}`, withBody('x/y', body))
    expect(['deny', 'pass', 'exhausted']).toContain(outcome.verdict.kind)
  })
})
