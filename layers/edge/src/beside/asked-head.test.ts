import { describe, expect, it } from 'vitest'
import { defaultHttpLimits } from '../http/limits.ts'
import { parseRequestHead } from '../http/parse-request-head.ts'
import { askedHead } from './asked-head.ts'
import type { QuestionKind } from './asked-head.ts'

function ask(kind: QuestionKind, lines: string, first = 'GET /judge HTTP/1.1'): ReturnType<typeof askedHead> {
  const question = parseRequestHead(`${first}\r\n${lines}`, defaultHttpLimits)
  if ('refused' in question) throw new Error(question.code)
  return askedHead(question, kind, defaultHttpLimits)
}

const nginx =
  'Host: shop.test\r\nX-Original-Method: POST\r\nX-Original-URI: /a?b=1\r\nX-Forwarded-For: 192.0.2.7\r\nContent-Type: application/json\r\nCookie: a=b\r\n'
const caddy =
  'Host: judge:7701\r\nX-Forwarded-Method: POST\r\nX-Forwarded-Uri: /a?b=1\r\nX-Forwarded-Host: shop.test\r\nX-Forwarded-For: 10.0.0.1, 192.0.2.7\r\nContent-Type: application/json\r\nCookie: a=b\r\n'

describe('a question', () => {
  for (const [kind, lines] of [
    ['auth-request', nginx],
    ['forward-auth', caddy],
  ] as const) {
    it(`of ${kind} is about the original request and its client`, () => {
      const asked = ask(kind, lines)
      expect(asked).toMatchObject({
        client: '192.0.2.7',
        head: { method: 'POST', target: '/a?b=1', host: { name: 'shop.test' }, chunked: false },
      })
      if ('head' in asked) expect(asked.head.fields).toBe('Content-Type: application/json\r\nCookie: a=b\r\n')
    })
  }

  it('believes only the names that this proxy writes itself', () => {
    const asked = ask('forward-auth', `${caddy}X-Original-URI: /harmless\r\nX-Original-Method: GET\r\n`)
    expect(asked).toMatchObject({ head: { method: 'POST', target: '/a?b=1' } })
    expect(
      ask('auth-request', `${nginx}X-Forwarded-Uri: /harmless\r\nX-Forwarded-Host: other\r\n`),
    ).toMatchObject({
      head: { target: '/a?b=1', host: { name: 'shop.test' } },
    })
  })

  it('is refused when it names no target, or two', () => {
    expect(ask('auth-request', 'Host: a\r\n')).toMatchObject({ code: 'EDGE_TARGET' })
    expect(ask('auth-request', `${nginx}X-Original-URI: /b\r\n`)).toMatchObject({
      code: 'EDGE_HEADER_REPEATED',
    })
  })

  it('is judged as strictly as a request that comes here itself', () => {
    const about = (target: string): unknown => ask('auth-request', `Host: a\r\nX-Original-URI: ${target}\r\n`)
    expect(about('/a b')).toMatchObject({ refused: true })
    expect(about('http://other/')).toMatchObject({ code: 'EDGE_HOST_MISMATCH' })
    expect(about(`/${'x'.repeat(9000)}`)).toMatchObject({ code: 'EDGE_TARGET_TOO_LONG' })
  })
})
