import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { defaultHttpLimits } from '../http/limits.ts'
import { parseRequestHead } from '../http/parse-request-head.ts'
import type { RequestHead } from '../http/request-head.ts'
import { answerPage } from '../pipeline/answer-page.ts'
import { checkTemplate, maxTemplateBytes, readTemplate, sitePages } from './site-pages.ts'

function headOf(headers: string, method = 'GET'): RequestHead {
  const head = parseRequestHead(`${method} / HTTP/1.1\r\nHost: a\r\n${headers}`, defaultHttpLimits)
  if (!('method' in head)) throw new Error('refused')
  return head
}

const facts = { status: 403, title: 'Forbidden', id: 'id-<1>', code: 'EDGE_BLOCKED' }
const html = headOf('Accept: text/html\r\n')

describe('pages of a site', () => {
  it('are its template for browsers, with the facts escaped', () => {
    const page = sitePages('<h1>{{title}}</h1>{{ status }} {{id}} {{code}} {{title}}').page(html, facts)
    expect(page?.body).toBe('<h1>Forbidden</h1>403 id-&lt;1&gt; EDGE_BLOCKED Forbidden')
    expect(page?.fields).toContain('X-Request-Id: id-<1>\r\n')
    expect(page?.fields).toContain('nosniff')
  })

  it('are the usual ones for all others', () => {
    const pages = sitePages('<h1>{{title}}</h1>')
    expect(answerPage(headOf('Accept: application/json\r\n'), facts, pages).body).toContain(
      '"requestId":"id-<1>"',
    )
    expect(answerPage(headOf(''), facts, pages).body).toContain('request id: id-<1>')
    expect(answerPage(html, facts, sitePages(null)).body).toContain('<!doctype html>')
    expect(answerPage(null, facts, pages).body).toContain('403')
  })

  it('are a status for gRPC clients, in the words of gRPC', () => {
    for (const [type, status, code] of [
      ['application/grpc', 403, 7],
      ['application/grpc+proto', 429, 8],
      ['application/grpc-web-text', 503, 14],
      ['application/grpc', 418, 2],
    ] as const) {
      const page = answerPage(
        headOf(`Content-Type: ${type}\r\nContent-Length: 0\r\n`, 'POST'),
        { ...facts, status, id: 'a b' },
        sitePages('x'),
      )
      expect(page).toMatchObject({ status: 200, body: '' })
      expect(page.fields).toContain(
        `Content-Type: ${type}\r\nGrpc-Status: ${code}\r\nGrpc-Message: Forbidden%20(request%20id%20a%20b)\r\n`,
      )
    }
    expect(
      answerPage(
        headOf('Content-Type: application/grpcx\r\nContent-Length: 0\r\n', 'POST'),
        facts,
        sitePages(null),
      ).status,
    ).toBeUndefined()
  })

  it('refuse places that stand for nothing, and templates that are too long', () => {
    expect(() => checkTemplate('{{status}}{{secret}}', 'p')).toThrow('{{secret}} stands for nothing')
    checkTemplate('x'.repeat(maxTemplateBytes), 'p')
    expect(() => checkTemplate('x'.repeat(maxTemplateBytes + 1), 'p')).toThrow('longer than')
  })

  it('are read from disk', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sf-page-'))
    try {
      writeFileSync(join(folder, 'a.html'), '<p>{{id}}')
      expect(readTemplate(join(folder, 'a.html'))).toBe('<p>{{id}}')
      expect(() => readTemplate(join(folder, 'b.html'))).toThrow('b.html')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
