import { describe, expect, it } from 'vitest'
import { readHeadFacts } from './head-facts.ts'
import { findHeader } from './header-list.ts'
import { defaultHttpLimits } from './limits.ts'
import { parseRequestHead } from './parse-request-head.ts'

function factsOf(lines: readonly string[]) {
  const head = parseRequestHead(
    `${['GET / HTTP/1.1', 'Host: a', ...lines].join('\r\n')}\r\n`,
    defaultHttpLimits,
  )
  if (!('method' in head)) throw new Error('refused')
  return readHeadFacts(head)
}

describe('the facts of a head', () => {
  it('are what findHeader finds, whatever the case of names', () => {
    const names = [
      'Accept',
      'COOKIE',
      'sec-ch-ua',
      'Content-Type',
      'authorization',
      'Sec-Fetch-Mode',
      'Sec-Fetch-Dest',
      'accept-language',
      'Accept-Encoding',
      'X-Requested-With',
    ]
    const facts = factsOf(names.map((name, at) => `${name}: value ${at}`))
    const found = [
      facts.accept,
      facts.cookie,
      facts.clientHints,
      facts.contentType,
      facts.authorization,
      facts.fetchMode,
      facts.fetchDest,
      facts.acceptLanguage,
      facts.acceptEncoding,
      facts.requestedWith,
    ]
    expect(found).toEqual(names.map((name) => findHeader(facts.head.text, name.toLowerCase())))
    expect(facts.firstName).toBe('host')
  })
  it('are the first of several, and undefined where there is none', () => {
    const facts = factsOf(['Cookie: a', 'Cookie: b', 'X-Accept: c', `${'x'.repeat(80)}: d`])
    expect([facts.cookie, facts.accept]).toEqual(['a', undefined])
  })
})
