import { describe, expect, it } from 'vitest'
import { DriftReport, maxDrifts } from './drift-report.ts'
import { SchemaLearner, manyValues, maxLearnedPaths } from './learn.ts'
import { parseDocument } from './load-document.ts'
import { SiteSchema } from './site-schema.ts'
import { defaultHttpLimits } from '../http/limits.ts'
import { parseRequestHead } from '../http/parse-request-head.ts'

function learned(
  requests: readonly (readonly [method: string, path: string, query?: string])[],
): SchemaLearner {
  const learner = new SchemaLearner()
  for (const [method, path, query = ''] of requests) learner.add({ method, path, query })
  return learner
}

describe('a learned document', () => {
  it('has paths, ids as parameters, and parameters with their types', () => {
    const document = learned([
      ['GET', '/'],
      ['GET', '/items/1', 'view=full&page=2'],
      ['GET', '/items/77', 'page=3'],
      ['GET', '/items/77/reviews'],
      ['POST', '/cart'],
      ['GET', '/orders/0197a2b4-1c2d-7e3f-8a9b-0c1d2e3f4a5b'],
      ['GET', '/search', 'q=a&tag=x&tag=y&on=true&token=hmac:0123456789abcdef'],
    ]).document('shop')
    expect(document['openapi']).toBe('3.1.0')
    const paths = document['paths'] as Record<string, Record<string, unknown>>
    expect(Object.keys(paths).toSorted()).toEqual([
      '/',
      '/cart',
      '/items/{id}',
      '/items/{id}/reviews',
      '/orders/{id}',
      '/search',
    ])
    expect(paths['/items/{id}']?.['parameters']).toEqual([
      { name: 'id', in: 'path', required: true, schema: { type: 'integer', minimum: 0 } },
    ])
    expect(paths['/items/{id}']?.['get']).toMatchObject({
      parameters: [
        { name: 'view', in: 'query', schema: { type: 'string' } },
        { name: 'page', in: 'query', required: true, schema: { type: 'integer' } },
      ],
    })
    expect(paths['/orders/{id}']?.['parameters']).toMatchObject([{ schema: { format: 'uuid' } }])
    expect(paths['/search']?.['get']).toMatchObject({
      parameters: [
        { name: 'q' },
        { name: 'tag', schema: { type: 'array', items: { type: 'string' } } },
        { name: 'on', schema: { type: 'boolean' } },
        { name: 'token', schema: { type: 'string' } },
      ],
    })
  })

  it('takes a segment of many values for a parameter', () => {
    const few = Array.from({ length: manyValues }, (_, i) => ['GET', `/p/name${'x'.repeat(i + 1)}`] as const)
    expect(Object.keys(learned(few).document('a')['paths'] as object)).toHaveLength(manyValues)
    const many = [...few, ['GET', '/p/another'] as const]
    expect(Object.keys(learned(many).document('a')['paths'] as object)).toEqual(['/p/{id}'])
  })

  it('is bounded', () => {
    const learner = new SchemaLearner()
    for (let i = 0; i < maxLearnedPaths + 10; i += 1)
      learner.add({ method: 'GET', path: `/${i}x`, query: '' })
    expect([learner.seen, learner.dropped]).toEqual([maxLearnedPaths, 10])
  })

  it('lets the traffic pass that it was learned from, and not what it never saw', async () => {
    const requests = [
      ['GET', '/items/1', 'page=2'],
      ['GET', '/items/2', 'page=3'],
      ['POST', '/cart'],
    ] as const
    const text = JSON.stringify(learned(requests).document('shop'))
    const config = {
      file: 'x',
      unknownPaths: 'refuse',
      unknownParameters: 'refuse',
      only: [],
      bodySizeBytes: 1024,
    } as const
    const schema = await SiteSchema.compile(parseDocument(text, 'x'), config)
    const judge = (line: string): boolean => {
      const head = parseRequestHead(`${line} HTTP/1.1\r\nHost: a\r\n`, defaultHttpLimits)
      if (!('method' in head)) throw new Error('refused')
      const match = schema.judge(head)
      return match !== null && 'operation' in match
    }
    for (const [method, path, query] of requests)
      expect(judge(`${method} ${path}${query === undefined ? '' : `?${query}`}`)).toBe(true)
    for (const line of [
      'GET /items/x?page=1',
      'GET /items/1?page=x',
      'GET /items/1?page=1&admin=1',
      'DELETE /items/1',
      'GET /admin',
    ])
      expect(judge(line)).toBe(false)
  })
})

describe('the drift report', () => {
  const event = {
    rule: 'schema-path',
    message: 'the path is not described',
    method: 'GET',
    path: '/a/1',
    time: '2026-01-01T00:00:00Z',
    count: 1,
    client: '192.0.2.1',
  }
  it('adds up what is alike, and puts first what many clients do', () => {
    const report = new DriftReport()
    report.add({ ...event, path: '/scan', count: 500 })
    report.add(event)
    report.add({ ...event, path: '/a/2', client: '192.0.2.2', time: '2026-01-02T00:00:00Z' })
    expect(report.list()).toEqual([
      {
        rule: 'schema-path',
        method: 'GET',
        path: '/a/{}',
        message: event.message,
        count: 2,
        clients: 2,
        first: '2026-01-01T00:00:00Z',
        last: '2026-01-02T00:00:00Z',
      },
      {
        rule: 'schema-path',
        method: 'GET',
        path: '/scan',
        message: event.message,
        count: 500,
        clients: 1,
        first: event.time,
        last: event.time,
      },
    ])
  })
  it('is bounded', () => {
    const report = new DriftReport()
    for (let i = 0; i < maxDrifts + 5; i += 1) report.add({ ...event, path: `/x${i}x` })
    expect(report.list().length).toBe(maxDrifts)
  })
})
