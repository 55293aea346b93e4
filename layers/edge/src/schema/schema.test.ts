import { describe, expect, it } from 'vitest'
import { defaultHttpLimits } from '../http/limits.ts'
import { parseRequestHead } from '../http/parse-request-head.ts'
import type { RequestHead } from '../http/request-head.ts'
import { parseDocument } from './load-document.ts'
import { PathTable } from './path-table.ts'
import { SiteSchema } from './site-schema.ts'

const config = {
  file: 'api.yaml',
  unknownPaths: 'refuse',
  unknownParameters: 'pass',
  only: [],
  bodySizeBytes: 65_536,
} as const

function headOf(line: string, headers: readonly string[] = []): RequestHead {
  const head = parseRequestHead(
    `${line} HTTP/1.1\r\nHost: a\r\n${headers.map((text) => `${text}\r\n`).join('')}`,
    defaultHttpLimits,
  )
  if (!('method' in head)) throw new Error('refused')
  return head
}

const document = `
openapi: 3.1.0
info: { title: t, version: "1" }
servers: [{ url: "https://shop.example/v1" }]
paths:
  /items/{id}:
    parameters:
      - { name: id, in: path, required: true, schema: { type: integer, minimum: 1, maximum: 9999 } }
    get:
      parameters:
        - { name: view, in: query, schema: { enum: [full, short] } }
        - { name: tag, in: query, schema: { type: array, maxItems: 2, items: { type: string, maxLength: 5 } } }
        - { name: ids, in: query, explode: false, schema: { type: array, items: { type: integer } } }
        - { name: deep, in: query, schema: { type: boolean } }
        - { $ref: "#/components/parameters/Tenant" }
        - { name: sid, in: cookie, schema: { type: string, pattern: "^[a-f0-9]+$" } }
    delete: {}
  /items/new: { get: {} }
  /files/{name}.{ext}:
    get:
      parameters:
        - { name: name, in: path, required: true, schema: { type: string } }
        - { name: ext, in: path, required: true, schema: { enum: [png, jpg] } }
  /items:
    post:
      requestBody: { $ref: "#/components/requestBodies/Item" }
  /login:
    post:
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              required: [user]
              properties: { user: { type: string, maxLength: 10 }, keep: { type: boolean } }
              additionalProperties: false
          image/*: {}
components:
  parameters:
    Tenant: { name: X-Tenant, in: header, required: true, schema: { type: string, format: uuid } }
  requestBodies:
    Item:
      required: true
      content:
        application/json: { schema: { $ref: "#/components/schemas/Item" } }
  schemas:
    Item:
      type: object
      required: [name]
      additionalProperties: false
      properties:
        name: { type: string, maxLength: 20 }
        price: { type: number, exclusiveMinimum: 0 }
        parent: { $ref: "#/components/schemas/Item" }
        note: { type: [string, "null"] }
`
const tenant = 'X-Tenant: 0197a2b4-1c2d-7e3f-8a9b-0c1d2e3f4a5b'
const schema = await SiteSchema.compile(parseDocument(document, 'api.yaml'), config)

/** Rule and message of the fault, or what passes. */
function judge(line: string, headers: readonly string[] = [], body?: string, of = schema): string {
  const all = body === undefined ? headers : [...headers, `Content-Length: ${Buffer.byteLength(body)}`]
  const head = headOf(line, all)
  const match = of.judge(head)
  if (match === null) return 'not described'
  if ('fault' in match) return `${match.fault.status} ${match.fault.rule}: ${match.fault.message}`
  if (body === undefined || !match.operation.wantsBody(head)) return 'pass'
  const fault = match.operation.judgeBody(head, body)
  return fault === null ? 'pass' : `${fault.status} ${fault.rule}: ${fault.message}`
}

const json = 'Content-Type: application/json; charset=utf-8'
const form = 'Content-Type: application/x-www-form-urlencoded'

describe('the positive model', () => {
  const cases: readonly (readonly [
    line: string,
    headers: readonly string[],
    body: string | undefined,
    expected: string | RegExp,
  ])[] = [
    ['GET /v1/items/5', [tenant], undefined, 'pass'],
    ['HEAD /v1/items/5', [tenant], undefined, 'pass'],
    ['OPTIONS /v1/items/5', [], undefined, 'not described'],
    ['GET /v1/items/new', [], undefined, 'pass'],
    ['GET /items/5', [tenant], undefined, /^404 schema-path/],
    ['GET /v1/items/5/', [tenant], undefined, /^404 schema-path/],
    ['GET /v1/other', [], undefined, /^404 schema-path/],
    ['GET /v1/items/..', [], undefined, /^404 schema-path/],
    ['GET /v1/items/%2e%2e', [], undefined, /^404 schema-path/],
    ['GET /v1/items/a%2fb', [tenant], undefined, /^404 schema-path/],
    ['GET /v1/items/%zz', [tenant], undefined, /^404 schema-path/],
    ['POST /v1/items/5', [tenant], undefined, '405 schema-method: POST is not described'],
    ['GET /v1/items/x', [tenant], undefined, '400 schema-parameter: path/id must be integer'],
    ['GET /v1/items/0', [tenant], undefined, '400 schema-parameter: path/id must be >= 1'],
    ['GET /v1/items/10000', [tenant], undefined, '400 schema-parameter: path/id must be <= 9999'],
    ['GET /v1/items/5?view=full', [tenant], undefined, 'pass'],
    ['GET /v1/items/5?view=all', [tenant], undefined, /^400 schema-parameter: query\/view/],
    [
      'GET /v1/items/5?view=full&view=short',
      [tenant],
      undefined,
      '400 schema-parameter: query view came twice',
    ],
    ['GET /v1/items/5?tag=a&tag=b', [tenant], undefined, 'pass'],
    ['GET /v1/items/5?tag=a&tag=b&tag=c', [tenant], undefined, /^400 schema-parameter: query\/tag/],
    ['GET /v1/items/5?tag=toolong', [tenant], undefined, /^400 schema-parameter: query\/tag\/0/],
    ['GET /v1/items/5?ids=1,2,3', [tenant], undefined, 'pass'],
    ['GET /v1/items/5?ids=1,x', [tenant], undefined, /^400 schema-parameter: query\/ids\/1/],
    ['GET /v1/items/5?deep=true', [tenant], undefined, 'pass'],
    ['GET /v1/items/5?deep=maybe', [tenant], undefined, /^400 schema-parameter/],
    ['GET /v1/items/5?__proto__=x&constructor=y', [tenant], undefined, 'pass'],
    [
      'GET /v1/items/5',
      [],
      undefined,
      /^400 schema-parameter: header must have required property 'x-tenant'/,
    ],
    ['GET /v1/items/5', ['X-Tenant: x'], undefined, /^400 schema-parameter: header\/x-tenant/],
    ['GET /v1/items/5', [tenant, 'Cookie: a=1; sid=abc1'], undefined, 'pass'],
    ['GET /v1/items/5', [tenant, 'Cookie: sid=XYZ'], undefined, /^400 schema-parameter: cookie\/sid/],
    ['GET /v1/files/a.png', [], undefined, 'pass'],
    ['GET /v1/files/a.php', [], undefined, /^400 schema-parameter: path\/ext/],
    ['POST /v1/items', [json], '{"name":"a","price":1.5}', 'pass'],
    ['POST /v1/items', [json], '{"name":"a","parent":{"name":"b"},"note":null}', 'pass'],
    ['POST /v1/items', [json], '{"name":"a","price":0}', /^400 schema-body: \/price/],
    ['POST /v1/items', [json], '{"name":"a","admin":true}', /^400 schema-body: must NOT have additional/],
    ['POST /v1/items', [json], '{"name":"a","parent":{}}', /^400 schema-body: \/parent/],
    ['POST /v1/items', [json], '{"name":5}', /^400 schema-body: \/name must be string/],
    ['POST /v1/items', [json], '{"name":"a"', '400 schema-body: the body cannot be read'],
    ['POST /v1/items', [json], '["a"]', /^400 schema-body/],
    [
      'POST /v1/items',
      [json],
      `${'['.repeat(40)}${']'.repeat(40)}`,
      '400 schema-body: the body cannot be read',
    ],
    ['POST /v1/items', [], undefined, '400 schema-body: a body is required'],
    ['POST /v1/items', ['Content-Type: text/xml'], '<a/>', /^415 schema-content-type/],
    ['POST /v1/items', [], 'x', '415 schema-content-type: bodies of type none are not described'],
    ['POST /v1/login', [form], 'user=ann&keep=true', 'pass'],
    ['POST /v1/login', [form], 'user=ann&admin=1', /^400 schema-body/],
    ['POST /v1/login', [form], 'user=ann&user=bob', /^400 schema-body: \/user/],
    ['POST /v1/login', [form], 'keep=true', /^400 schema-body: must have required property 'user'/],
    ['POST /v1/login', ['Content-Type: image/png'], 'x', 'pass'],
    ['POST /v1/login', [], undefined, 'pass'],
  ]
  for (const [line, headers, body, expected] of cases) {
    it(`${line} ${[...headers, body ?? ''].join(' ').slice(0, 60)} → ${String(expected).slice(0, 40)}`, () => {
      const found = judge(line, headers, body)
      if (typeof expected === 'string') expect(found).toBe(expected)
      else expect(found).toMatch(expected)
    })
  }

  it('names the methods of a path', () => {
    const match = schema.judge(headOf('PUT /v1/items/5'))
    expect(match !== null && 'fault' in match && match.fault.allow).toBe('GET, DELETE')
  })

  it('speaks only for the paths it is told to, in whatever spelling they come', async () => {
    const narrow = await SiteSchema.compile(parseDocument(document, 'a'), { ...config, only: ['/v1/*'] })
    expect(judge('GET /shop', [], undefined, narrow)).toBe('not described')
    expect(judge('GET /V1/secret', [], undefined, narrow)).toMatch(/^404/)
    expect(judge('GET //v1/secret', [], undefined, narrow)).toMatch(/^404/)
  })

  it('can let unknown paths pass and refuse unknown parameters', async () => {
    const other = await SiteSchema.compile(parseDocument(document, 'a'), {
      ...config,
      unknownPaths: 'pass',
      unknownParameters: 'refuse',
    })
    expect(judge('GET /other', [], undefined, other)).toBe('not described')
    expect(judge('GET /v1/items/new?x=1', [], undefined, other)).toBe(
      '400 schema-parameter: query unknown parameter x',
    )
    expect(judge('GET /v1/items/new', [], undefined, other)).toBe('pass')
  })

  it('bounds the number of parameters', () => {
    const many = (count: number): string =>
      `GET /v1/items/5?${Array.from({ length: count }, (_, i) => `a${i}=1`).join('&')}`
    expect(judge(many(256), [tenant])).toBe('pass')
    expect(judge(many(257), [tenant])).toMatch(/more than 256/)
  })
})

describe('a document of version 3.0', () => {
  it('is read by its own words', async () => {
    const text = `{"openapi":"3.0.3","info":{},"paths":{"/a":{"post":{"requestBody":{"content":{"application/json":{"schema":
      {"type":"object","properties":{"n":{"type":"string","nullable":true},"e":{"type":"string","enum":["x"],"nullable":true},"m":{"type":"number","minimum":1,"exclusiveMinimum":true}}}}}}}}}}`
    const old = await SiteSchema.compile(parseDocument(text, 'a'), config)
    const post = (body: string): string => judge('POST /a', [json], body, old)
    expect(post('{"n":null,"e":null,"m":1.1}')).toBe('pass')
    expect(post('{"m":1}')).toMatch(/^400/)
    expect(post('{"n":5}')).toMatch(/^400/)
    expect(post('{"e":"y"}')).toMatch(/^400/)
  })
})

describe('a document is refused', () => {
  const bad: Readonly<Record<string, string>> = {
    'that is none': '[]',
    'of another version': 'openapi: 2.0.0\npaths: {}',
    'without paths': 'openapi: 3.1.0',
    'that is broken': 'openapi: [',
    'whose references lead elsewhere': 'openapi: 3.1.0\npaths: { /a: { $ref: "other.yaml#/x" } }',
    'whose references lead to the network':
      'openapi: 3.1.0\npaths: { /a: { $ref: "https://evil.example/x" } }',
  }
  for (const [name, text] of Object.entries(bad))
    it(name, () => expect(() => parseDocument(text, 'api.yaml')).toThrow('api.yaml'))

  it('that nests too deep', () => {
    expect(() =>
      parseDocument(`{"openapi":"3.1.0","paths":${'{"a":'.repeat(70)}1${'}'.repeat(70)}}`, 'a'),
    ).toThrow()
  })

  it('whose schemas lead nowhere', async () => {
    const text =
      'openapi: 3.1.0\npaths: { /a: { post: { requestBody: { content: { application/json: { schema: { $ref: "#/nowhere" } } } } } } }'
    await expect(SiteSchema.compile(parseDocument(text, 'a'), config)).rejects.toThrow('api.yaml')
  })
})

describe('the table of paths', () => {
  it('prefers literal segments to parameters', () => {
    const table = new PathTable<string>()
    table.add('/a/{x}', 'parameter')
    table.add('/a/b', 'literal')
    table.add('/{y}/b', 'other')
    expect(table.find('/a/b')?.entry).toBe('literal')
    expect(table.find('/a/c')).toEqual({ entry: 'parameter', values: { x: 'c' } })
    expect(table.find('/z/b')?.entry).toBe('other')
    expect(table.find('/z/z')).toBeNull()
    expect(table.find('/a')).toBeNull()
  })
  it('takes no empty parameter and undoes percent signs once', () => {
    const table = new PathTable<string>()
    table.add('/a/{x}', 'p')
    expect(table.find('/a/')).toBeNull()
    expect(table.find('/a/%41%2541')?.values['x']).toBe('A%41')
  })
})
